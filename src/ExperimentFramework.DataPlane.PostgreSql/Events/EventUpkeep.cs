using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// Prepares the schema, creates partitions in advance and drops expired ones: at the start and once an hour, in the background, so that publishing waits for it
/// only if it comes first.
/// </summary>
internal sealed partial class EventUpkeep : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>How soon a failed run is repeated.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(1);

    private readonly SchemaGate _schema;
    private readonly EventPartitions _partitions;
    private readonly ServerFaultTranslator _faults;
    private readonly int _partitionsAhead;
    private readonly TimeSpan? _retention;
    private readonly NonThrowingLogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly ITimer _timer;
    private volatile string? _problem;
    private long _dropped;

    /// <param name="schema">The tables.</param>
    /// <param name="partitions">The partitions.</param>
    /// <param name="faults">Translates exceptions of the server.</param>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Logs failures.</param>
    public EventUpkeep(
        SchemaGate schema, EventPartitions partitions, ServerFaultTranslator faults, PostgreSqlDataBackplaneOptions options, TimeProvider time, NonThrowingLogger logger)
    {
        _schema = schema;
        _partitions = partitions;
        _faults = faults;
        _partitionsAhead = options.PartitionsAhead;
        _retention = options.Retention;
        _logger = logger;

        // Started only after the field is set: a run that ends earlier could not restart the timer.
        _timer = time.CreateTimer(_ => BackgroundWork.Run(RunAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Schedule(TimeSpan.Zero);
    }

    /// <summary>A sentence for operators about the last run, if it failed; otherwise null.</summary>
    public string? DegradedReason => _problem;

    /// <summary>The number of partitions that were dropped.</summary>
    public long DroppedPartitions => Volatile.Read(ref _dropped);

    public void Dispose()
    {
        _timer.Dispose();
        _end.Cancel();
    }

    private async Task RunAsync()
    {
        try
        {
            await _schema.EnsureAsync(_end.Token).ConfigureAwait(false);
            await _partitions.CreateAheadAsync(_partitionsAhead, _end.Token).ConfigureAwait(false);
            var areAllDropped = await DropAsync().ConfigureAwait(false);

            // A query that reads an expired partition is not a problem, because it will end.
            _problem = null;
            Schedule(areAllDropped ? Interval : RetryInterval);
        }
        catch (Exception) when (_end.IsCancellationRequested)
        {
            // The destination has been disposed.
        }
        catch (Exception exception)
        {
            var translated = _faults.Translate(exception);
            if (_problem is null)
            {
                LogFailed(translated);
            }

            _problem = $"Partitions could not be created in advance or dropped: {_logger.Exceptions.MessageOf(translated)}";
            Schedule(RetryInterval);
        }
    }

    /// <summary>Drops the expired partitions. As soon as a query blocks one, the rest is left: each further attempt would make all users of that table wait.</summary>
    private async Task<bool> DropAsync()
    {
        if (_retention is not { } retention)
        {
            return true;
        }

        while (true)
        {
            var (dropped, inUse, hasMore) = await _partitions.DropAsync(retention, _end.Token).ConfigureAwait(false);
            Interlocked.Add(ref _dropped, dropped);
            if (inUse > 0 || !hasMore)
            {
                return inUse == 0;
            }
        }
    }

    /// <summary>Restarts the timer, which fires once, so that runs never overlap.</summary>
    private void Schedule(TimeSpan dueTime)
    {
        try
        {
            _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // The destination has been disposed in the meantime.
        }
    }

    [LoggerMessage(180, LogLevel.Warning,
        "The event tables in PostgreSQL could not be prepared, or their partitions created in advance or dropped. This is retried every minute; events are written while the partition of their day exists or can be created.", EventName = "EventUpkeepFailed")]
    private partial void LogFailed(Exception exception);
}
