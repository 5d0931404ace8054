"""``python -m autograder`` and the command ``autograder``."""

import sys


def main() -> None:
    """Run the command line, or say what to install where only the students' part of the project is.

    Raises
    ------
    SystemExit
        With the status of the command, or 1 and a message if a package of the extra ``grader`` is missing.
    """
    try:
        from autograder.cli import main as command

        command()
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "autograder"):
            raise
        sys.exit(
            f"autograder: the package {package} is missing: pip install 'mlp-course[grader]' brings what grading needs"
        )


if __name__ == "__main__":
    main()
