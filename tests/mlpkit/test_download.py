"""Files of the MNIST family: the format, the folder of one's own, and the download from a server on this computer."""

import gzip
import hashlib
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from mlpkit.datasets import Dataset
from mlpkit.datasets.idx import read_idx
from mlpkit.datasets.mnist import DATA_DIR, IMAGE_SETS, ImageSet, scale_images

RNG = np.random.default_rng(0)
TRAIN, TEST = RNG.integers(0, 256, (6, 28, 28)), RNG.integers(0, 256, (4, 28, 28))


def idx(values):
    values = np.asarray(values, dtype=np.uint8)
    return struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape) + values.tobytes()


FILES = {
    "train-images-idx3-ubyte": idx(TRAIN),
    "train-labels-idx1-ubyte": idx([3, 1, 4, 1, 5, 9]),
    "t10k-images-idx3-ubyte": idx(TEST),
    "t10k-labels-idx1-ubyte": idx([2, 6, 5, 3]),
}
IMAGES = "train-images-idx3-ubyte"


class Mirrors:
    """A server whose folders are mirrors; each maps paths to what is sent, and remembers what was asked for."""

    def __init__(self):
        self.folders, self.asked = {}, []
        mirrors = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                mirrors.asked.append(self.path)
                _, folder, name = self.path.split("/")
                body, length = mirrors.folders.get(folder, {}).get(name, (None, 0))
                if body is None:
                    self.send_error(404)
                    return
                self.send_response(200)
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def add(self, folder, **changed):
        files = {name: gzip.compress(payload) for name, payload in FILES.items()}
        files.update({name.replace("_", "-"): body for name, body in changed.items()})
        self.folders[folder] = {f"{name}.gz": (body, len(body)) for name, body in files.items()}

    def url(self, folder):
        return f"http://127.0.0.1:{self.server.server_port}/{folder}"

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def mirrors():
    server = Mirrors()
    yield server
    server.close()


@pytest.fixture
def cache(monkeypatch, tmp_path):
    import pooch

    monkeypatch.setattr(pooch, "os_cache", lambda project: tmp_path / "cache" / project)
    monkeypatch.delenv(DATA_DIR, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path / "cache" / "mlpkit" / "mnist"


def use(monkeypatch, *urls):
    sums = {name: hashlib.sha256(payload).hexdigest() for name, payload in FILES.items()}
    monkeypatch.setitem(IMAGE_SETS, "mnist", ImageSet(tuple("0123456789"), urls, sums))


def assert_is_the_set(dataset):
    np.testing.assert_allclose(dataset.X_train, (TRAIN.reshape(6, 784) - 127.5) / 127.5, rtol=1e-6)
    np.testing.assert_array_equal(dataset.y_train, [3, 1, 4, 1, 5, 9])
    np.testing.assert_allclose(dataset.X_test, (TEST.reshape(4, 784) - 127.5) / 127.5, rtol=1e-6)
    np.testing.assert_array_equal(dataset.y_test, [2, 6, 5, 3])


def test_download_once_then_from_the_cache(monkeypatch, mirrors, cache, capfd):
    mirrors.add("good")
    use(monkeypatch, mirrors.url("good"))
    assert_is_the_set(Dataset("mnist"))
    assert "100%" in capfd.readouterr().err  # the progress bar
    assert {path.name for path in cache.iterdir()} == set(FILES)
    asked = len(mirrors.asked)
    assert asked == 4
    assert_is_the_set(Dataset("mnist"))
    assert len(mirrors.asked) == asked


def test_a_file_damaged_in_the_cache_is_downloaded_again(monkeypatch, mirrors, cache):
    mirrors.add("good")
    use(monkeypatch, mirrors.url("good"))
    Dataset("mnist")
    (cache / IMAGES).write_bytes(FILES[IMAGES][:-1])
    assert_is_the_set(Dataset("mnist"))
    assert mirrors.asked[-1] == f"/good/{IMAGES}.gz"


WHOLE = gzip.compress(FILES[IMAGES])
DAMAGED = WHOLE[:20] + bytes([WHOLE[20] ^ 255]) + WHOLE[21:]
BAD = {
    "missing": (None, "404"),
    "wrong sum": (gzip.compress(FILES[IMAGES][:-1] + b"\0"), "SHA-256"),
    "truncated": (WHOLE[:-100], "truncated gzip data"),
    "damaged": (DAMAGED, "damaged gzip data|SHA-256"),
    "a page instead": (b"<html>please log in</html>", "SHA-256"),
    "empty": (b"", "SHA-256"),
}


@pytest.mark.parametrize("kind", BAD)
def test_the_next_mirror_mends_what_one_gets_wrong(monkeypatch, mirrors, cache, kind):
    body, message = BAD[kind]
    mirrors.add("bad", **{IMAGES.replace("-", "_"): body or b""})
    if body is None:
        del mirrors.folders["bad"][f"{IMAGES}.gz"]
    mirrors.add("good")
    use(monkeypatch, mirrors.url("bad"), mirrors.url("good"))
    assert_is_the_set(Dataset("mnist"))
    assert f"/good/{IMAGES}.gz" in mirrors.asked

    (cache / IMAGES).unlink()
    use(monkeypatch, mirrors.url("bad"))
    with pytest.raises(ConnectionError, match=message) as failure:
        Dataset("mnist")
    assert mirrors.url("bad") in str(failure.value)
    assert not (cache / IMAGES).exists()


def test_a_transfer_that_breaks_off(monkeypatch, mirrors, cache):
    mirrors.add("broken")
    mirrors.folders["broken"][f"{IMAGES}.gz"] = (WHOLE[:200], len(WHOLE))
    use(monkeypatch, mirrors.url("broken"))
    with pytest.raises(ConnectionError, match=f"{IMAGES}.gz: "):
        Dataset("mnist")
    assert list(cache.parent.glob("*/*")) == []


def test_a_server_that_decompresses_by_itself(monkeypatch, mirrors, cache):
    mirrors.add("plain", **{IMAGES.replace("-", "_"): FILES[IMAGES]})
    use(monkeypatch, mirrors.url("plain"))
    assert_is_the_set(Dataset("mnist"))


def test_without_a_network_the_error_says_what_to_do(monkeypatch, mirrors, cache, tmp_path):
    dead = mirrors.url("dead")
    mirrors.server.server_close()  # nobody listens at this address any more
    use(monkeypatch, dead, dead + "er")
    with pytest.raises(ConnectionError) as failure:
        Dataset("mnist")
    message = str(failure.value)
    assert message.count("127.0.0.1") >= 2  # what each mirror did
    for advice in ("Connect to the internet", f"{IMAGES}.gz", "t10k-labels", DATA_DIR, "not set", 'Dataset("digits")'):
        assert advice in message
    monkeypatch.setenv(DATA_DIR, str(tmp_path))
    with pytest.raises(ConnectionError, match="holds no mnist/train-images"):
        Dataset("mnist")


@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_of_ones_own(monkeypatch, cache, tmp_path, packed):
    use(monkeypatch)
    (tmp_path / "mnist").mkdir()
    for name, payload in FILES.items():
        path = tmp_path / "mnist" / (f"{name}.gz" if packed else name)
        path.write_bytes(gzip.compress(payload) if packed else payload)
    monkeypatch.setenv(DATA_DIR, str(tmp_path))
    assert_is_the_set(Dataset("mnist"))
    assert len(Dataset("mnist", 2, 1).X_train) == 2
    with pytest.raises(ValueError, match="6 samples at most, got 7"):
        Dataset("mnist", 7)
    path.write_bytes(b"\x1f\x8bnot a gzip file")
    with pytest.raises(ValueError, match=r"t10k-labels.* is not the published file: damaged gzip.*replace it"):
        Dataset("mnist")


def test_a_decompression_that_would_not_end(monkeypatch, mirrors, cache):
    monkeypatch.setattr("mlpkit.datasets.download.MAX_PAYLOAD", 1000)
    mirrors.add("good")
    use(monkeypatch, mirrors.url("good"))
    with pytest.raises(ConnectionError, match="more than 1000 bytes after decompression"):
        Dataset("mnist")


def test_labels_that_do_not_belong_to_the_images(monkeypatch, cache, tmp_path):
    monkeypatch.setitem(FILES, "train-labels-idx1-ubyte", idx([1, 2]))
    use(monkeypatch)
    monkeypatch.setenv(DATA_DIR, str(tmp_path))
    (tmp_path / "mnist").mkdir()
    for name, payload in FILES.items():
        (tmp_path / "mnist" / name).write_bytes(payload)
    with pytest.raises(ValueError, match="one label for each of its 6 images, got 2 labels"):
        Dataset("mnist")


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (b"", "header of 16 bytes, got a file of 0"),
        (b"\0\0\x08\x03\0\0\0\1", "header of 16 bytes, got a file of 8"),
        (b"<html>0123456789", "two zero bytes"),
        (b"\0\0\x0d\x03" + FILES[IMAGES][4:], "type 0x0d"),
        (idx(np.zeros((4, 4))), "3 dimensions, got 2; images have 3, labels 1"),
        (FILES[IMAGES][:-1], r"4704 values for the shape \(6, 28, 28\) in its header, got 4703"),
        (FILES[IMAGES] + b"\0", "got 4705"),
        (b"\0\0\x08\x03" + b"\xff" * 12, "got 0; remove the file"),
    ],
)
def test_what_is_no_file_of_images(payload, message):
    with pytest.raises(ValueError, match=message):
        read_idx(payload, "images", n_dimensions=3)


def test_reading_gives_back_what_was_written():
    np.testing.assert_array_equal(read_idx(FILES[IMAGES], "images", n_dimensions=3), TRAIN)


def test_scaling_reaches_both_ends():
    images = np.arange(256, dtype=np.uint8).reshape(4, 8, 8)
    X = scale_images(images)
    assert X.shape == (4, 64)
    assert X.dtype == np.float32
    np.testing.assert_allclose(X.ravel(), (np.arange(256) - 127.5) / 127.5, rtol=1e-6)
    assert images.dtype == np.uint8
