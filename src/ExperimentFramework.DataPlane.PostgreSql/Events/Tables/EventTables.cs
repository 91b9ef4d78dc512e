namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>All tables of events.</summary>
internal static class EventTables
{
    private static readonly ExposureTable Exposures = new();
    private static readonly AssignmentTable Assignments = new();
    private static readonly OutcomeTable Outcomes = new();
    private static readonly MetricTable Metrics = new();
    private static readonly SignalTable Signals = new();
    private static readonly ErrorTable Errors = new();
    private static readonly AccountTable Accounts = new();
    private static readonly OtherEventTable Others = new();

    public static IReadOnlyList<EventTable> All { get; } = [Exposures, Outcomes, Metrics, Assignments, Signals, Errors, Accounts, Others];

    /// <summary>Returns the table that an event belongs in.</summary>
    public static EventTable Of(DataPlaneEvent payload) => payload switch
    {
        ExposureEvent => Exposures,
        OutcomeEvent => Outcomes,
        MetricEvent => Metrics,
        AssignmentEvent => Assignments,
        AnalysisSignalEvent => Signals,
        ErrorEvent => Errors,
        AccountingEvent => Accounts,
        UnknownEvent => Others,
        _ => throw new NotSupportedException($"{payload.GetType().Name} has no table in PostgreSQL."),
    };
}
