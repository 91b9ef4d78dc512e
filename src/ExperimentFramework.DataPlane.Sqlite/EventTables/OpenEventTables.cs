using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>The tables of one open file, with their prepared statements. Used by one thread at a time.</summary>
internal sealed class OpenEventTables : IDisposable
{
    private const string Common = "event_id, ts, experiment, schema_version, correlation_id, span_id, metadata";
    private const string Subject = "subject_id, subject_type, tenant_id";
    private const string Key = "event_id";

    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly List<IDisposable> _statements = [];
    private readonly WriteTransaction _transaction;
    private readonly PreparedStatement _beginAccount;
    private readonly PreparedStatement _undoAccount;
    private readonly PreparedStatement _endAccount;
    private readonly RowInsert _exposure;
    private readonly RowInsert _assignment;
    private readonly RowInsert _outcome;
    private readonly RowInsert _metric;
    private readonly RowInsert _signal;
    private readonly RowInsert _error;
    private readonly RowInsert _account;
    private readonly RowInsert _other;

    /// <summary>Prepares the statements. The connection is disposed with this instance, or if preparing them fails.</summary>
    public OpenEventTables(SqliteConnection connection, string path)
    {
        _connection = connection;
        _path = path;
        try
        {
            _transaction = new WriteTransaction(Handle);
            _beginAccount = Add(new PreparedStatement(Handle, "SAVEPOINT account;"));
            _undoAccount = Add(new PreparedStatement(Handle, "ROLLBACK TO account;"));
            _endAccount = Add(new PreparedStatement(Handle, "RELEASE account;"));
            _exposure = Prepare("exposures", Key, $"variant, assigned_variant, arm, {Subject}, selection_reason, rule_path, assignment_policy, allocation_version, is_repeat_exposure, sampling_rate, variant_build, attributes, attribute_types");
            _assignment = Prepare("assignments", Key, $"{Subject}, previous_variant, new_variant, change_reason, assignment_policy");
            _outcome = Prepare("outcomes", Key, $"variant, assigned_variant, arm, {Subject}, allocation_version, outcome_kind, outcome_name, result, duration_seconds, failed_attempt_seconds, error_type, value, exposure_event_id");
            _metric = Prepare("metrics", Key, $"{Subject}, metric_name, value, unit, idempotency_key, attributes, attribute_types");
            _signal = Prepare("analysis_signals", Key, "signal_type, severity, message, data, data_types");
            _error = Prepare("errors", Key, "source, message, error_type, data, data_types");
            _account = Prepare("accounts", "event_id, line", "line, producer_id, destination, sequence_number, part_number, part_count, interval_start, interval_end, is_last, kind, arm, event_type, reason, original_producer_id, count");
            _other = Prepare("other_events", Key, "event_type, payload");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The open database.</summary>
    public sqlite3 Handle => _connection.Handle!;

    /// <summary>Inserts a batch in one transaction: the events that can be stored, or none if it throws.</summary>
    /// <param name="envelopes">The events.</param>
    /// <param name="texts">Their JSON columns.</param>
    /// <param name="cancellationToken">Canceled when the batch is to be rolled back.</param>
    /// <returns>Invalid events have failed permanently; events that a rule of the file refuses have failed transiently, because the rule may be removed.</returns>
    public BatchResult Insert(IReadOnlyList<DataPlaneEnvelope> envelopes, BatchTexts texts, CancellationToken cancellationToken) => _transaction.Run(() =>
    {
        DeliveryStatus[]? statuses = null;
        Exception? error = null;
        for (var i = 0; i < envelopes.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if ((texts[i].Error ?? TryInsert(envelopes[i], texts, texts[i])) is Exception refusal)
            {
                var isRuleOfFile = refusal is SqliteException { SqliteErrorCode: raw.SQLITE_CONSTRAINT };
                statuses ??= new DeliveryStatus[envelopes.Count];
                statuses[i] = isRuleOfFile ? DeliveryStatus.TransientFailure : DeliveryStatus.PermanentFailure;

                // Of several errors, report the one that someone can correct.
                error = isRuleOfFile ? EventFileFault.Describe(refusal) : error ?? Rejection(refusal);
            }
        }

        return statuses is null ? BatchResult.Delivered : BatchResult.FromStatuses(statuses, error);
    });

    /// <summary>Whether the path no longer refers to the open file.</summary>
    public bool IsMoved => MovedFile.IsMoved(Handle, _path) || OpenDatabases.IsMoved(_connection);

    /// <summary>Prepares to close a file that was moved.</summary>
    /// <inheritdoc cref="MovedFile.EmptyLog" path="/exception"/>
    public void LeaveMoved()
    {
        SetMoved();
        MovedFile.EmptyLog(_connection, _path);
    }

    /// <inheritdoc cref="OpenDatabases.SetMoved"/>
    public void SetMoved() => OpenDatabases.SetMoved(_connection);

    public void Dispose()
    {
        _statements.ForEach(statement => statement.Dispose());
        _transaction?.Dispose();
        MovedFile.TryEmptyLog(_connection, _path);
        _connection.Dispose();
    }

    private static EventRejectedException Rejection(Exception refusal) => refusal as EventRejectedException
        ?? SafeText.Own(new EventRejectedException("SQLite cannot store the event: its values cannot be read, or are too large.", refusal));

    /// <summary>Whether only this event was refused, and the others can be inserted. A trigger can also roll back the whole transaction.</summary>
    private bool IsRefusal(Exception exception) =>
        exception is EventRejectedException or SqliteException { SqliteErrorCode: raw.SQLITE_TOOBIG or raw.SQLITE_CONSTRAINT } && raw.sqlite3_get_autocommit(Handle) == 0;

    /// <returns>Why the event cannot be stored; null if it was stored.</returns>
    private Exception? TryInsert(DataPlaneEnvelope envelope, BatchTexts texts, in EventTexts columns)
    {
        try
        {
            Insert(envelope, texts, columns);
            return null;
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            return exception;
        }
    }

    private void Insert(DataPlaneEnvelope envelope, BatchTexts texts, in EventTexts columns)
    {
        switch (envelope.Payload)
        {
            case ExposureEvent exposure:
                Insert(Begin(_exposure, envelope, texts, columns), exposure, texts, columns);
                break;
            case OutcomeEvent outcome:
                Insert(Begin(_outcome, envelope, texts, columns), outcome);
                break;
            case MetricEvent metric:
                Begin(_metric, envelope, texts, columns)
                    .Text(metric.SubjectId).Text(metric.SubjectType).Text(metric.TenantId)
                    .Text(metric.MetricName).Number(metric.Value).Text(metric.Unit).Text(metric.IdempotencyKey)
                    .Utf8(texts[columns.Values]).Utf8(texts[columns.Types]).Insert();
                break;
            case AssignmentEvent assignment:
                Begin(_assignment, envelope, texts, columns)
                    .Text(assignment.SubjectId).Text(assignment.SubjectType).Text(assignment.TenantId)
                    .Text(assignment.PreviousVariantKey).Text(assignment.NewVariantKey).Text(assignment.ChangeReason)
                    .Text(EnumText<AssignmentPolicy>.Of("assignmentPolicy", assignment.AssignmentPolicy, assignment.UnknownValues)).Insert();
                break;
            case AnalysisSignalEvent signal:
                Begin(_signal, envelope, texts, columns)
                    .Text(EnumText<AnalysisSignalType>.Of("signalType", signal.SignalType, signal.UnknownValues))
                    .Text(EnumText<SignalSeverity>.Of("severity", signal.Severity, signal.UnknownValues))
                    .Text(signal.Message).Utf8(texts[columns.Values]).Utf8(texts[columns.Types]).Insert();
                break;
            case ErrorEvent error:
                Begin(_error, envelope, texts, columns)
                    .Text(error.Source).Text(error.Message).Text(error.ErrorType).Utf8(texts[columns.Values]).Utf8(texts[columns.Types]).Insert();
                break;
            case AccountingEvent account:
                InsertWhole(envelope, account, texts, columns);
                break;
            case UnknownEvent unknown:
                Begin(_other, envelope, texts, columns).Text(unknown.EventTypeName).Text(unknown.Json).Insert();
                break;
        }
    }

    private static void Insert(RowInsert row, ExposureEvent exposure, BatchTexts texts, in EventTexts columns) => row
        .Text(exposure.VariantKey).Text(exposure.AssignedVariantKey).Text(exposure.AssignedVariantKey ?? exposure.VariantKey)
        .Text(exposure.SubjectId).Text(exposure.SubjectType).Text(exposure.TenantId)
        .Text(exposure.SelectionReason).Text(exposure.RulePath)
        .Text(EnumText<AssignmentPolicy>.Of("assignmentPolicy", exposure.AssignmentPolicy, exposure.UnknownValues))
        .Text(exposure.AllocationVersion).Boolean(exposure.IsRepeatExposure).Number(exposure.SamplingRate).Id(exposure.VariantBuild)
        .Utf8(texts[columns.Values]).Utf8(texts[columns.Types]).Insert();

    private static void Insert(RowInsert row, OutcomeEvent outcome) => row
        .Text(outcome.VariantKey).Text(outcome.AssignedVariantKey).Text(outcome.AssignedVariantKey ?? outcome.VariantKey)
        .Text(outcome.SubjectId).Text(outcome.SubjectType).Text(outcome.TenantId).Text(outcome.AllocationVersion)
        .Text(EnumText<OutcomeKind>.Of("outcomeKind", outcome.OutcomeKind, outcome.UnknownValues)).Text(outcome.OutcomeName)
        .Text(EnumText<OutcomeResult>.Of("result", outcome.Result, outcome.UnknownValues))
        .Seconds(outcome.Duration).Seconds(outcome.FailedAttemptDuration).Text(outcome.ErrorType).Number(outcome.Value).Id(outcome.ExposureEventId).Insert();

    /// <summary>Inserts all rows of an account, or none if it throws.</summary>
    private void InsertWhole(DataPlaneEnvelope envelope, AccountingEvent account, BatchTexts texts, in EventTexts columns)
    {
        _beginAccount.Run();
        try
        {
            var line = 0;
            foreach (var count in AccountCount.Of(account))
            {
                BeginShared(_account, envelope, count.Experiment, texts, columns)
                    .Integer(line++).Text(account.ProducerId).Text(account.Destination).Integer(account.SequenceNumber).Integer(account.PartNumber).Integer(account.PartCount)
                    .Time(account.IntervalStart).Time(account.IntervalEnd).Boolean(account.IsLast)
                    .Text(count.Kind).Text(count.Arm).Text(count.EventType).Text(count.Reason).Text(count.OriginalProducerId).Integer(count.Count).Insert();
            }
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            _undoAccount.Run();
            _endAccount.Run();
            throw;
        }

        _endAccount.Run();
    }

    private static RowInsert Begin(RowInsert row, DataPlaneEnvelope envelope, BatchTexts texts, in EventTexts columns) =>
        BeginShared(row, envelope, envelope.Payload.ExperimentName, texts, columns);

    private static RowInsert BeginShared(RowInsert row, DataPlaneEnvelope envelope, string experiment, BatchTexts texts, in EventTexts columns) => row.Begin()
        .Id(envelope.EventId).Time(envelope.Timestamp).Text(experiment).Text(envelope.SchemaVersion).Text(envelope.CorrelationId).Text(envelope.SpanId).Utf8(texts[columns.Metadata]);

    private RowInsert Prepare(string table, string key, string columns) => Add(new RowInsert(Handle, table, key, $"{Common}, {columns}"));

    private T Add<T>(T statement)
        where T : IDisposable
    {
        _statements.Add(statement);
        return statement;
    }
}
