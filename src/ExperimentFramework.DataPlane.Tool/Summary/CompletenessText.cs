namespace ExperimentFramework.DataPlane.Tool;

/// <summary>The names of what accounts say.</summary>
internal static class CompletenessText
{
    public static string Of(CompletenessState state) => state switch
    {
        CompletenessState.Complete => "complete",
        CompletenessState.NotEnded => "notEnded",
        CompletenessState.NoAccount => "noAccount",
        _ => "incomplete",
    };

    /// <summary>What is said if there are more producers than are kept apart.</summary>
    public const string OfOthers = "There are too many producers to keep each: those beyond are counted together as (other), and it is not known whether events of them are missing.";

    /// <summary>Says a state in words.</summary>
    public static string InWords(CompletenessState state) => state switch
    {
        CompletenessState.Complete => "complete",
        CompletenessState.NotEnded => "no last account",
        CompletenessState.NoAccount => "no account",
        _ => "incomplete",
    };

    /// <summary>The state of a whole stream: that of its worst producer; without producers nothing can be said.</summary>
    public static CompletenessState Worst(IReadOnlyCollection<ProducerCompleteness> producers) =>
        producers.Count == 0 ? CompletenessState.NoAccount : producers.Max(static producer => producer.State);
}
