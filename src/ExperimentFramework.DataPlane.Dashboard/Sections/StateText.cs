using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>What is said of an experiment, in words and with a symbol: colour alone says nothing.</summary>
/// <param name="Name">The name in links and style sheets.</param>
/// <param name="Symbol">The symbol.</param>
/// <param name="Text">The word.</param>
/// <param name="Meaning">What it means, as a sentence.</param>
internal sealed record StateText(string Name, string Symbol, string Text, string Meaning)
{
    private static readonly StateText Ended = new("ended", "■", "Ended", "The end of the plan has passed.");
    private static readonly StateText EndedHealthy = Ended with { Text = "Ended, healthy", Meaning = "The end of the plan has passed, and the split agrees with its plan." };
    private static readonly StateText EndedGathering = Ended with { Text = "Ended, too few subjects", Meaning = "The end of the plan has passed, with too few subjects to say anything of the split." };

    /// <summary>All states, in the order in which they need attention.</summary>
    public static IReadOnlyList<StateText> All { get; } =
        [Of(ExperimentState.SampleRatioMismatch), Of(ExperimentState.Inconclusive), Of(ExperimentState.Warning), Of(ExperimentState.NotTestable), Of(ExperimentState.Gathering), Of(ExperimentState.Healthy), Ended];

    /// <summary>The place among the states: the first one needs attention most.</summary>
    public int Attention => All.ToList().FindIndex(state => state.Name == Name);

    /// <summary>The state of an experiment. A broken split stays what it is after the end.</summary>
    public static StateText Of(ExperimentState state, DateTimeOffset? endsAt, DateTimeOffset now) =>
        endsAt > now || endsAt is null ? Of(state)
        : state == ExperimentState.Healthy ? EndedHealthy
        : state == ExperimentState.Gathering ? EndedGathering
        : Of(state);

    /// <summary>Writes symbol and word.</summary>
    public HtmlText Write() => HtmlText.Of($"<span class=\"state {Name}\"><span aria-hidden=\"true\">{Symbol}</span> {Text}</span>");

    private static StateText Of(ExperimentState state) => state switch
    {
        ExperimentState.Gathering => new("gathering", "…", "Gathering", "Too few subjects to say anything."),
        ExperimentState.Healthy => new("healthy", "✓", "Healthy", "The split agrees with its plan."),
        ExperimentState.Warning => new("warning", "!", "Suspicious", "The split may differ from its plan: p is at most 0.05."),
        ExperimentState.SampleRatioMismatch => new("mismatch", "✕", "Sample ratio mismatch", "The split differs from its plan, so results cannot be trusted."),
        ExperimentState.Inconclusive => new("inconclusive", "?", "Inconclusive", "The split differs from its plan, but lost exposures could explain it."),
        _ => new("not-testable", "∅", "Not testable", "The stream does not allow a test of the split."),
    };
}
