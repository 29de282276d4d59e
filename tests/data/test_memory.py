from pellucid.data.memory import bytes_said, fits, free_memory


def test_little_fits_and_far_too_much_does_not():
    free = free_memory()
    assert fits(1000)
    if free is not None:
        assert free > 0
        assert not fits(100 * free)


def test_bytes_are_said_as_people_read_them():
    said = [bytes_said(n) for n in (7, 999, 1500, 123_000_000, 1_500_000_000, 20e12)]
    assert said == ["7 bytes", "999 bytes", "1.5 kB", "123 MB", "1.5 GB", "20,000 GB"]
