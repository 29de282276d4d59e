"""In which order the examples are read. What is not named comes last, by alphabet."""

from pathlib import Path

SECTIONS = {
    "neurons": (
        *("one_neuron", "why_a_bias", "activation_functions", "perceptron"),
        *("line_and_xor", "collapse", "three_bits"),
    ),
    "descent": (
        *("one_weight", "learning_rates", "two_minima", "surface"),
        *("stochastic_and_full", "mini_batches"),
    ),
    "backpropagation": ("by_hand", "four_layers", "dependency_graph"),
    "digits": (
        *("wrong_to_right", "judging", "weights_drawn", "training_set_size"),
        *("more_data", "overfitting", "three_libraries"),
    ),
    "problems": ("regression", "logistic_regression", "attribution"),
    "theory": ("width", "not_universal", "multiplication"),
    "memory": ("associative_memory", "capacity", "averaging"),
    "claims": (
        *("between_0_and_1", "biases", "first_weights", "epochs_and_costs", "usual_rates"),
        *("derivatives", "going_back", "local_minima", "digits_and_xor", "fire_together"),
    ),
}


def section_order(folder: str) -> tuple[int, str]:
    """Return by what sections are sorted."""
    name, order = Path(folder).name, list(SECTIONS)
    return (order.index(name) if name in order else len(order)), name


def example_order(file: str) -> tuple[int, str]:
    """Return by what the examples of a section are sorted."""
    name = Path(file).stem
    order = [stem for stems in SECTIONS.values() for stem in stems]
    return (order.index(name) if name in order else len(order)), name
