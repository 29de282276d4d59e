"""How much memory a run will take beside its data, about, worked out before it begins."""

from pellucid.plan.plan import Plan

# Copies of the parameters at a run's peak, when it is judged: of the network, the state, the start
# of the epoch, the engine, what the engine is asked to judge, and two of the judge at the end.
COPIES = 7
OF_A_SLOT = 3  # in the state, at the start of the epoch, in the engine
JUDGED = 1 << 24  # numbers of inputs that are predicted from at a time, at most
AT_ONCE = 512  # examples


def run_memory(plan: Plan) -> int:
    """Return about how many bytes a run takes: its parameters with all copies, and its batches."""
    architecture = plan.architecture
    copies = COPIES + OF_A_SLOT * plan.n_slots + plan.recipe.keeps_best
    vectors = copies * plan.n_parameters
    hidden = sum(architecture.units(l) for l in range(1, architecture.n_layers + 1))
    batch = plan.batch_size * (architecture.n_inputs + 4 * hidden)
    judged = min(plan.n_examples * architecture.n_inputs, JUDGED, AT_ONCE * architecture.n_inputs)
    return (vectors + batch + judged) * plan.dtype.itemsize
