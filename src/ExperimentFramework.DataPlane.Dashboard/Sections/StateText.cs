using ExperimentFramework.DataPlane.Science;

namespace ExperimentFramework.DataPlane.Dashboard;

/// <summary>The state of an experiment in words and with a symbol, so that it does not depend on colour alone.</summary>
/// <param name="Name">The name in links and style sheets.</param>
/// <param name="Symbol">The symbol.</param>
/// <param name="Text">The word.</param>
/// <param name="Meaning">Its meaning, as a sentence.</param>
internal sealed record StateText(string Name, string Symbol, string Text, string Meaning)
{
    private static readonly StateText Ended = new("ended", "■", "Ended", "The planned end has passed.");
    private static readonly StateText EndedHealthy = Ended with { Text = "Ended, healthy", Meaning = "The planned end has passed, and the split agrees with its plan." };
    private static readonly StateText EndedGathering = Ended with { Text = "Ended, too few subjects", Meaning = "The planned end has passed, with too few subjects for a verdict on the split." };

    /// <summary>All states, in the order in which they need attention.</summary>
    public static IReadOnlyList<StateText> All { get; } =
        [Of(ExperimentState.SampleRatioMismatch), Of(ExperimentState.Inconclusive), Of(ExperimentState.Warning), Of(ExperimentState.NotTestable), Of(ExperimentState.Gathering), Of(ExperimentState.Healthy), Ended];

    /// <summary>The position among the states. The first one needs the most attention.</summary>
    public int Attention => All.ToList().FindIndex(state => state.Name == Name);

    /// <summary>Returns the state of an experiment. A broken split remains the state after the planned end.</summary>
    public static StateText Of(ExperimentState state, DateTimeOffset? endsAt, DateTimeOffset now) =>
        endsAt > now || endsAt is null ? Of(state)
        : state == ExperimentState.Healthy ? EndedHealthy
        : state == ExperimentState.Gathering ? EndedGathering
        : Of(state);

    /// <summary>Writes the symbol and the word.</summary>
    public HtmlText Write() => HtmlText.Of($"<span class=\"state {Name}\"><span aria-hidden=\"true\">{Symbol}</span> {Text}</span>");

    private static StateText Of(ExperimentState state) => state switch
    {
        ExperimentState.Gathering => new("gathering", "…", "Gathering", "Too few subjects for a verdict."),
        ExperimentState.Healthy => new("healthy", "✓", "Healthy", "The split agrees with its plan."),
        ExperimentState.Warning => new("warning", "!", "Suspicious", "The split may differ from its plan: p is at most 0.05."),
        ExperimentState.SampleRatioMismatch => new("mismatch", "✕", "Sample ratio mismatch", "The split differs from its plan, so results cannot be trusted."),
        ExperimentState.Inconclusive => new("inconclusive", "?", "Inconclusive", "The split differs from its plan, but lost exposures could explain it."),
        _ => new("not-testable", "∅", "Not testable", "The split cannot be tested with the data in the stream."),
    };
}
