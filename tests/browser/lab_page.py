"""What a student does with a notebook in JupyterLab, and sees."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import patience
from lab_server import TOKEN
from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).resolve().parents[2]


class LabPage:
    """A chapter, open in JupyterLab.

    Parameters
    ----------
    page : Page
        The browser's page.
    address : str
        Of the server.
    folder : Path
        What the server serves.
    """

    def __init__(self, page: Page, address: str, folder: Path) -> None:
        self.page, self.address, self.folder = page, address, folder
        self.ids: list[str] = []

    def open(self, notebook: nbformat.NotebookNode, name: str) -> None:
        """Store a notebook and open it in a workspace of its own."""
        path = self.folder / name / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        nbformat.write(notebook, path)
        inside = path.relative_to(self.folder).as_posix()
        self.page.goto(f"{self.address}/lab/workspaces/{name}/tree/{inside}?token={TOKEN}&reset")
        self.attach(notebook)

    def attach(self, notebook: nbformat.NotebookNode) -> None:
        """Wait for a notebook that is being opened, and for its kernel."""
        self.ids = [cell.id for cell in notebook.cells]
        self.cells = self.page.locator(".jp-NotebookPanel .jp-Cell")
        expect(self.cells).to_have_count(len(self.ids), timeout=patience.MILLISECONDS)
        # Until there is a kernel, it counts as idle, and a cell that is run then can get lost.
        expect(self.page.locator(".jp-KernelName")).to_contain_text("Python", timeout=patience.MILLISECONDS)
        self.wait_for_kernel()

    def start(self, cell_id: str) -> None:
        """Run a cell and do not wait for its end."""
        self.cell(cell_id).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")

    def stop(self) -> None:
        """Press the button that interrupts the kernel."""
        self.page.locator("jp-button[data-command='notebook:interrupt-kernel']").click()

    def restart(self) -> None:
        """Press the button that restarts the kernel, and say yes."""
        self.page.locator("jp-button[data-command='notebook:restart-kernel']").click()
        self.page.locator(".jp-Dialog button.jp-mod-accept").click()
        expect(self.page.locator(".jp-Dialog")).to_have_count(0)
        self.wait_for_kernel()

    def wait_for_kernel(self) -> None:
        """Wait until the kernel has nothing to do."""
        indicator = self.page.locator(".jp-Notebook-ExecutionIndicator")
        expect(indicator).to_have_attribute("data-status", "idle", timeout=patience.MILLISECONDS)

    def cell(self, cell_id: str) -> Locator:
        """Return the part of the page that shows a cell."""
        return self.cells.nth(self.ids.index(cell_id))

    def outputs(self, cell_id: str) -> Locator:
        """Return what stands below a cell, one by one."""
        return self.cell(cell_id).locator(".jp-OutputArea-output")

    def run(self, *cell_ids: str) -> None:
        """Click into each cell and press Shift+Enter."""
        for cell_id in cell_ids:
            self.cell(cell_id).locator(".cm-content").click()
            prompt = self.cell(cell_id).locator(".jp-InputPrompt")
            before = prompt.inner_text()
            self.page.keyboard.press("Shift+Enter")
            expect(prompt).not_to_have_text(before, timeout=patience.MILLISECONDS)
            expect(prompt).to_have_text(re.compile(r"\[\d+\]"), timeout=patience.MILLISECONDS)
        self.wait_for_kernel()

    def run_all(self, code: list[str]) -> None:
        """Choose "Run All Cells" and wait until each of the cells `code` has run."""
        self.page.get_by_role("menuitem", name="Run", exact=True).click()
        self.page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        for cell_id in code:
            prompt = self.cell(cell_id).locator(".jp-InputPrompt")
            expect(prompt, cell_id).to_have_text(re.compile(r"\[\d+\]"), timeout=patience.MILLISECONDS)
        self.wait_for_kernel()

    def replace(self, cell_id: str, old: str, new: str) -> None:
        """Mark the line of a cell that holds `old`, and type."""
        self.cell(cell_id).locator(".cm-line", has_text=old).click()
        for key in ("Home", "Shift+End"):
            self.page.keyboard.press(key)
        self.page.keyboard.type(new)

    def write(self, cell_id: str, text: str) -> None:
        """Open a cell with text for writing and write something else."""
        self.cell(cell_id).locator(".jp-RenderedMarkdown").dblclick()
        self.cell(cell_id).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Control+Enter")

    def save(self) -> None:
        """Save the notebook and wait until that is done."""
        with self.page.expect_response(
            lambda answer: answer.request.method == "PUT" and "/api/contents/" in answer.url
        ):
            self.page.keyboard.press("Control+s")
        expect(self.page.locator(".jp-mod-dirty")).to_have_count(0, timeout=patience.MILLISECONDS)

    def begin_validating(self) -> Locator:
        """Press the button "Validate" and return the dialog with the answer."""
        self.page.locator("jp-button.validate-button").click()
        dialog = self.page.locator(".jp-Dialog", has=self.page.locator(".jp-Dialog-header", has_text="Valid"))
        expect(dialog).to_be_visible(timeout=patience.MILLISECONDS)
        return dialog

    def validate(self) -> str:
        """Press the button "Validate" and return what it answers, with the dialog closed again."""
        dialog = self.begin_validating()
        said = dialog.inner_text()
        dialog.locator("button.jp-mod-accept").click()
        expect(dialog).to_have_count(0)
        return said

    def broken(self) -> list[str]:
        """Return what is not shown as it should be: pictures, formulas, widgets."""
        found: list[str] = self.page.evaluate(_BROKEN)
        return found

    def expect_change(self, shown: Locator, attribute: str, before: str) -> None:
        """Wait until an attribute is no longer what it was."""
        expect(shown).not_to_have_attribute(attribute, before, timeout=patience.MILLISECONDS)


_BROKEN = """() => {
    const found = [];
    document.querySelectorAll(".jp-NotebookPanel img").forEach(img => {
        if (!img.complete || !img.naturalWidth) found.push("a picture that does not load: " + img.alt);
        if (!img.alt) found.push("a picture without a description: " + img.src.slice(0, 40));
    });
    const mistaken = "mjx-assistive-mml merror, mjx-assistive-mml mtext[mathcolor=red]";
    document.querySelectorAll(mistaken).forEach(formula =>
        found.push("a formula with an error: " + formula.parentElement.textContent));
    document.querySelectorAll(".jp-RenderedMarkdown").forEach(text => {
        const plain = text.cloneNode(true);
        plain.querySelectorAll("code, mjx-container").forEach(part => part.remove());
        if (/\\$|\\\\[a-z]/.test(plain.textContent)) found.push("a formula left as it is: " + plain.textContent);
    });
    return found;
}"""
