namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>One count of an account.</summary>
internal readonly record struct AccountLine(string Experiment, string Kind, string? Arm, long Count)
{
    public const string Account = "account";
    public const string Published = "published";
    public const string Dropped = "dropped";
    public const string ExposingCalls = "exposing_calls";
    public const string RepeatsNotRecorded = "repeats_not_recorded";
    public const string SampledOut = "sampled_out";
    public const string NoSubject = "no_subject";

    public AccountLine(AccountedCalls row, string kind, long count)
        : this(row.ExperimentName, kind, row.VariantKey, count)
    {
    }

    /// <summary>The kinds of the lines of <see cref="AccountedCalls"/>, in their order.</summary>
    public static IReadOnlyList<string> CallKinds { get; } = [ExposingCalls, RepeatsNotRecorded, SampledOut, NoSubject];

    public string? EventType { get; init; }

    public string? Reason { get; init; }

    public string? OriginalProducerId { get; init; }

    public static AccountLine OfAccount(AccountingEvent account) => new(account.ExperimentName, Account, null, 0);

    public static AccountLine Of(AccountedEvents row) => new(row.ExperimentName, Published, row.VariantKey, row.Count) { EventType = row.EventType };

    public static AccountLine Of(AccountedDrops row) => new(row.ExperimentName, Dropped, row.VariantKey, row.Count)
    {
        EventType = row.EventType,
        Reason = row.Reason,
        OriginalProducerId = row.OriginalProducerId,
    };

    public AccountedEvents ToEvents() => new() { ExperimentName = Experiment, VariantKey = Arm ?? "", EventType = EventType ?? "", Count = Count };

    public AccountedDrops ToDrops() => new()
    {
        ExperimentName = Experiment,
        VariantKey = Arm ?? "",
        EventType = EventType ?? "",
        Reason = Reason ?? "",
        Count = Count,
        OriginalProducerId = OriginalProducerId,
    };
}
