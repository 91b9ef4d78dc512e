namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Whether the stream of one producer is complete.</summary>
/// <param name="Producer">The producer.</param>
/// <param name="Categories">What its accounts expect and what arrived.</param>
/// <param name="State">The verdict.</param>
internal sealed record ProducerCompleteness(ProducerSummary Producer, IReadOnlyList<CategoryCompleteness> Categories, CompletenessState State)
{
    public long Expected => Saturating.Sum(Categories.Select(static category => category.Expected));

    public long Arrived => Saturating.Sum(Categories.Select(static category => category.Arrived));

    public long Missing => Saturating.Sum(Categories.Select(static category => category.Missing));
}

/// <summary>The events of one category.</summary>
/// <param name="Category">The category.</param>
/// <param name="Expected">How many the accounts expect, those dropped left out.</param>
/// <param name="Arrived">How many different ones arrived.</param>
internal sealed record CategoryCompleteness(string Category, long Expected, long Arrived)
{
    /// <summary>How many are missing; 0 if more arrived than were expected.</summary>
    public long Missing => Math.Max(0, Saturating.Add(Expected, -Arrived));
}

/// <summary>What the accounts say of a producer's stream.</summary>
internal enum CompletenessState
{
    /// <summary>The last account arrived, and all events that it expects.</summary>
    Complete,

    /// <summary>All events arrived that the latest account expects, but it is not the last one: the producer is running, or was killed.</summary>
    NotEnded,

    /// <summary>There is no account: accounts are switched off, or the producer ended before its first one. Or there were too many to keep them.</summary>
    NoAccount,

    /// <summary>Events are missing that the latest account expects.</summary>
    Incomplete,
}
