"""An archive with names that lead out of the folder lies beside the notebook; nobody should unpack it.

score: 31
status: graded
"""


def hand_in(notebook, path):
    import tarfile
    import zipfile

    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
        archive.writestr("../../../../../__MARK__slipped.txt", "out")
        archive.writestr("/tmp/__MARK__slipped.txt", "out")
    with tarfile.open(path.with_suffix(".tar.gz"), "w:gz") as archive:
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(link)
    return json.dumps(notebook).encode()
