namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>The table of <see cref="OutcomeEvent"/>s.</summary>
internal sealed class OutcomeTable() : RowPerEvent<OutcomeEvent>("outcomes")
{
    private readonly TextColumn _variant = new("variant", "The variant that served the call, or failed last.");
    private readonly TextColumn _assignedVariant = new("assigned_variant", "The assigned variant, if another one served the call.", isOptional: true);
    private readonly TextColumn _arm = new("arm", "The variant to count by: the assigned variant.");
    private readonly SubjectColumns _subject = new();
    private readonly TextColumn _allocationVersion = new("allocation_version", "The version of the weights that the assignment came from.", isOptional: true);
    private readonly EnumColumn<OutcomeKind> _kind = new("outcome_kind", "outcomeKind", "What this is the outcome of.");
    private readonly TextColumn _name = new("outcome_name", "The member that was called.");
    private readonly EnumColumn<OutcomeResult> _result = new("result", "result", "How the call ended.");
    private readonly ValueColumn<double> _duration = new("duration_seconds", "The duration of the whole call in seconds.", ValueType.Number, isOptional: true);
    private readonly ValueColumn<double> _failedAttempt = new("failed_attempt_seconds", "How long the assigned variant ran before the call fell back, in seconds.", ValueType.Number, isOptional: true);
    private readonly TextColumn _errorType = new("error_type", "The type of the exception.", isOptional: true);
    private readonly ValueColumn<double> _value = new("value", "A value of the call.", ValueType.Number, isOptional: true);
    private readonly UuidColumn _exposureEventId = new("exposure_event_id", "The exposure that the outcome belongs to; null if it was not recorded.", isOptional: true, isUnique: true);

    protected override IReadOnlyList<Column> OwnColumns =>
        [_variant, _assignedVariant, _arm, .. _subject.All, _allocationVersion, _kind.Column, _name, _result.Column, _duration, _failedAttempt, _errorType, _value, _exposureEventId];

    protected override void Add(OutcomeEvent source)
    {
        _variant.Add(source.VariantKey);
        _assignedVariant.Add(source.AssignedVariantKey);
        _arm.Add(source.AssignedVariantKey ?? source.VariantKey);
        _subject.Add(source.SubjectId, source.SubjectType, source.TenantId);
        _allocationVersion.Add(source.AllocationVersion);
        _kind.Add(source.OutcomeKind, source);
        _name.Add(source.OutcomeName);
        _result.Add(source.Result, source);
        Add(_duration, "duration", source.Duration);
        Add(_failedAttempt, "failedAttemptDuration", source.FailedAttemptDuration);
        _errorType.Add(source.ErrorType);
        _value.Add(source.Value);
        _exposureEventId.Add(source.ExposureEventId);
    }

    protected override OutcomeEvent ReadEvent(int row)
    {
        Dictionary<string, string>? unknown = null;
        return new OutcomeEvent
        {
            SchemaVersion = SchemaVersion(row),
            ExperimentName = Experiment[row]!,
            Timestamp = Timestamp(row),
            VariantKey = _variant[row]!,
            AssignedVariantKey = _assignedVariant[row],
            SubjectId = _subject.Id(row),
            SubjectType = _subject.Type(row),
            TenantId = _subject.TenantId(row),
            AllocationVersion = _allocationVersion[row],
            OutcomeKind = _kind.Read(row, ref unknown),
            OutcomeName = _name[row]!,
            Result = _result.Read(row, ref unknown),
            Duration = Duration(_duration, "duration", row),
            FailedAttemptDuration = Duration(_failedAttempt, "failedAttemptDuration", row),
            ErrorType = _errorType[row],
            Value = _value[row],
            ExposureEventId = _exposureEventId[row],
            UnknownValues = unknown,
        };
    }

    private void Add(ValueColumn<double> column, string field, TimeSpan? duration)
    {
        column.Add(duration?.TotalSeconds);

        // A double represents steps of 100 ns for durations of up to some years.
        if (duration is { } time && FromSeconds(time.TotalSeconds) != time)
        {
            Exact.Add(field, time.Ticks.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private TimeSpan? Duration(ValueColumn<double> column, string field, int row) =>
        column[row] is not { } seconds ? null
        : Exact.Ticks(row, field) is { } ticks ? new TimeSpan(ticks)
        : FromSeconds(seconds);

    private static TimeSpan? FromSeconds(double seconds)
    {
        var ticks = Math.Round(seconds * TimeSpan.TicksPerSecond);
        return Math.Abs(ticks) < long.MaxValue ? new TimeSpan((long)ticks) : null;
    }
}
