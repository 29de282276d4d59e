import subprocess
import sys


def test_the_tour_is_a_command_with_an_example(cli):
    assert "tour" in cli("--help").out
    assert "Example: pellucid tour" in cli("tour", "--help").out


def test_the_tour_takes_no_arguments(cli):
    assert cli("tour", "digits").code == 2


def test_its_help_costs_no_more_than_the_help_of_others():
    """What the tour needs is imported when it is taken."""
    script = (
        "import sys; import pellucid.cli.main; "
        "print([m for m in ('numpy', 'sklearn', 'rich.progress') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
