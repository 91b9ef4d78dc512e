namespace ExperimentFramework.DataPlane.Tool;

/// <summary>Whether a stream is whole and valid.</summary>
/// <param name="Summary">What was counted.</param>
/// <param name="Producers">Whether the stream of each producer is complete.</param>
/// <param name="Faults">What is invalid.</param>
/// <param name="UnknownFields">The fields that this version does not know.</param>
/// <param name="Clocks">The times that cannot be right.</param>
/// <param name="AcceptsRunning">Whether producers may still be running.</param>
internal sealed record Verification(
    StreamSummary Summary,
    IReadOnlyList<ProducerCompleteness> Producers,
    FaultLog Faults,
    UnknownFields UnknownFields,
    ClockChecks Clocks,
    bool AcceptsRunning)
{
    /// <summary>The verdict.</summary>
    public VerificationState State =>
        Faults.Count > 0 ? VerificationState.Invalid
        : CompletenessText.Worst(Producers) > (AcceptsRunning ? CompletenessState.NotEnded : CompletenessState.Complete) ? VerificationState.Incomplete
        : HasUnknownRepeats ? VerificationState.Incomplete
        : VerificationState.Whole;

    /// <summary>Whether events arrived more than once and there were too many ids to recognize each repeat: what is counted as arrived includes repeats, which may hide that others are missing.</summary>
    public bool HasUnknownRepeats => Summary is { DuplicatesAreEstimated: true, Duplicates: > 0 };

    /// <summary>The exit code of the verdict.</summary>
    public int ExitCode => State switch
    {
        VerificationState.Whole => ExitCodes.Success,
        VerificationState.Incomplete => ExitCodes.Finding,
        _ => ExitCodes.Error,
    };

    /// <summary>The name of the verdict.</summary>
    public string StateText => State switch
    {
        VerificationState.Whole => "whole",
        VerificationState.Incomplete => "incomplete",
        _ => "invalid",
    };

    /// <summary>The producers whose clock was set back between two accounts, and by how much.</summary>
    public IEnumerable<(string Producer, TimeSpan SetBack)> ClocksSetBack =>
        Producers.Select(static producer => (producer.Producer.Id, producer.Producer.Accounts.Select(static account => account.ClockSetBack).DefaultIfEmpty().Max()))
            .Where(static producer => producer.Item2 > TimeSpan.Zero);
}

/// <summary>The verdict on a stream.</summary>
internal enum VerificationState
{
    /// <summary>Every event is valid, and by the accounts none is missing.</summary>
    Whole,

    /// <summary>Every event is valid, and some are missing, or may be.</summary>
    Incomplete,

    /// <summary>Something is no event, or cannot be read.</summary>
    Invalid,
}
