using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Wraps a store so that it never throws and no caller waits for it longer than the timeout. While the store is unavailable the circuit is open,
/// and one call per interval probes whether the store works again.
/// </summary>
internal sealed partial class AssignmentStoreCircuitBreaker : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(1);

    private readonly IAssignmentStore _store;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly NonThrowingLogger _logger;
    private readonly BreakerState _breaker;
    private readonly FaultLatch _subjectFault;
    private readonly FaultLatch _generationFault;
    private long _generation;
    private long _recoveries;
    private string? _lastFault;

    public AssignmentStoreCircuitBreaker(IAssignmentStore store, TimeSpan timeout, int writeBehindCapacity, TimeProvider time, ILogger logger)
    {
        _store = store;
        _timeout = timeout;
        _time = time;
        _logger = NonThrowingLogger.Of(logger);
        _breaker = new BreakerState(time.TimestampFrequency);
        _subjectFault = new FaultLatch(time);
        _generationFault = new FaultLatch(time);
        IsShared = store.IsShared;
        WriteBehind = new WriteBehindQueue(
            Name,
            (key, assignment, isLastTry) => isLastTry ? SendAsync(key, assignment, expected: null, _timeout, _time.GetTimestamp()) : QueryAsync(key, assignment, expected: null),
            async key => await _store.ForgetAsync(key.SubjectId, key.SubjectType, key.TenantId, CancellationToken.None).ConfigureAwait(false),
            writeBehindCapacity,
            time,
            _logger);
    }

    public string Name => _store.GetType().Name;

    public bool IsShared { get; }

    /// <summary>Assignments that were served without the store, to be written when it is available again.</summary>
    public WriteBehindQueue WriteBehind { get; }

    /// <summary>The number of queries, by result.</summary>
    public StoreCallCounts Calls { get; } = new();

    /// <summary>Whether the circuit is open, so that the store is not queried except by probes.</summary>
    public bool IsUnavailable => _breaker.IsOpen;

    /// <summary>A number that changes when assignments that were read may no longer be current.</summary>
    public long Generation
    {
        get
        {
            try
            {
                // Written only if it differs, because every call on every thread reads it.
                var generation = _store.Generation;
                if (generation != Volatile.Read(ref _generation))
                {
                    Volatile.Write(ref _generation, generation);
                }

                _generationFault.Reset();
            }
            catch (Exception exception)
            {
                RememberFault(exception);
                if (_generationFault.Trip())
                {
                    LogNoGeneration(Name, exception);
                }
            }

            return Volatile.Read(ref _generation) + Volatile.Read(ref _recoveries);
        }
    }

    /// <summary>Whether a query made now would reach the store, and therefore might wait.</summary>
    public bool CanEnter => !_breaker.IsOpen || _breaker.CanEnter(_time.GetTimestamp());

    /// <summary>The current time, on the clock of <see cref="Query"/>.</summary>
    public long Now => _time.GetTimestamp();

    public string? DegradedReason
    {
        get
        {
            var lastFault = Volatile.Read(ref _lastFault);
            return _breaker.IsOpen
                ? $"Assignment store {Name} is unavailable ({lastFault}): subjects that are not cached in this process get the selector's variant."
                : _generationFault.IsFailing || _subjectFault.IsFailing
                    ? $"Assignment store {Name} fails for some queries (last fault: {lastFault}): the subjects concerned get the selector's variant."
                    : OwnDegradedReason();
        }
    }

    public IEnumerable<KeyValuePair<string, object>> Diagnostics =>
        [.. OwnDiagnostics(), .. Calls.Numbers, .. WriteBehind.Numbers, new("faults", Calls.Faults)];

    /// <summary>Reads the assignment or, if a candidate is given, writes it unless the store holds an assignment other than <paramref name="expected"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="candidate">The assignment to write; null to read.</param>
    /// <param name="expected">The assignment to replace; null if the store should hold none.</param>
    /// <param name="since">When an earlier query of the same call began, after which the timeout ends; null for the first one.</param>
    public StoreResult Query(in AssignmentKey key, StoredAssignment? candidate, StoredAssignment? expected, long? since = null)
    {
        var startedAt = _time.GetTimestamp();
        if (!TryEnter(startedAt))
        {
            return StoreResult.Missed;
        }

        try
        {
            var timeout = TimeoutOf(since);
            return OnAnswered(candidate is null ? _store.Find(key, timeout) : _store.Assign(key, candidate, expected, timeout));
        }
        catch (Exception exception)
        {
            return OnFailed(exception, key, startedAt);
        }
    }

    /// <summary>Reads the assignment or, if a candidate is given, writes it unless the store holds an assignment other than <paramref name="expected"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="candidate">The assignment to write; null to read.</param>
    /// <param name="expected">The assignment to replace; null if the store should hold none.</param>
    /// <param name="since">When an earlier query of the same call began, after which the timeout ends; null for the first one.</param>
    public ValueTask<StoreResult> QueryAsync(AssignmentKey key, StoredAssignment? candidate, StoredAssignment? expected, long? since = null)
    {
        var startedAt = _time.GetTimestamp();
        return TryEnter(startedAt) ? SendAsync(key, candidate, expected, TimeoutOf(since), startedAt) : ValueTask.FromResult(StoreResult.Missed);
    }

    /// <summary>Deletes a subject. Throws if the store does, because the caller must know whether the deletion succeeded.</summary>
    public async ValueTask<long> ForgetAsync(string subjectId, string? subjectType, string? tenantId, CancellationToken cancellationToken)
    {
        WriteBehind.Forget(subjectId, subjectType, tenantId);
        return await _store.ForgetAsync(subjectId, subjectType, tenantId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the pending assignments, if the store is available.</summary>
    public ValueTask DisposeAsync() => WriteBehind.DisposeAsync();

    /// <summary>Does not wait: pending assignments are lost, and the loss is logged.</summary>
    public void Dispose() => WriteBehind.Dispose();

    /// <summary>Returns the time that a query may take. A second query of a call has at least a millisecond, which a store in memory needs less of.</summary>
    private TimeSpan TimeoutOf(long? since)
    {
        if (since is not { } start)
        {
            return _timeout;
        }

        var left = _timeout - _time.GetElapsedTime(start);
        return left > MinTimeout ? left : MinTimeout;
    }

    /// <summary>Queries the store, whether or not the circuit is open.</summary>
    private async ValueTask<StoreResult> SendAsync(AssignmentKey key, StoredAssignment? candidate, StoredAssignment? expected, TimeSpan timeout, long startedAt)
    {
        try
        {
            using var cancellation = new CancellationTokenSource(timeout, _time);
            var answer = candidate is null
                ? _store.FindAsync(key, cancellation.Token)
                : _store.AssignAsync(key, candidate, expected, cancellation.Token);

            // A store may ignore its token.
            return OnAnswered(answer.IsCompletedSuccessfully ? answer.Result : await answer.AsTask().WaitAsync(cancellation.Token).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            return OnFailed(exception, key, startedAt);
        }
    }

    private bool TryEnter(long now)
    {
        if (_breaker.TryEnter(now))
        {
            return true;
        }

        Calls.Count(StoreCallCounts.Outcome.Skipped);
        return false;
    }

    private StoreResult OnAnswered(StoredAssignment? existing)
    {
        Calls.Count(StoreCallCounts.Outcome.Answered);
        _subjectFault.Reset();
        Apply(_breaker.OnAnswered(_time.GetTimestamp()), exception: null);
        return new StoreResult(IsAnswered: true, existing);
    }

    private StoreResult OnFailed(Exception exception, in AssignmentKey key, long startedAt)
    {
        var fault = FaultOf(exception);
        exception = exception is OperationCanceledException
            ? SafeText.Own(new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"No response within {_timeout.TotalMilliseconds} ms.")))
            : exception;
        RememberFault(exception);
        Calls.Count(fault switch
        {
            StoreFault.Timeout => StoreCallCounts.Outcome.Timeout,
            StoreFault.Unreachable => StoreCallCounts.Outcome.Unreachable,
            _ => StoreCallCounts.Outcome.Fault,
        });
        Apply(_breaker.OnFailed(fault, key, startedAt, _time.GetTimestamp()), exception);
        if (fault != StoreFault.Subject)
        {
            return StoreResult.Missed;
        }

        if (_subjectFault.Trip() && !_breaker.IsOpen)
        {
            LogSubjectFault(Name, exception);
        }

        return StoreResult.Refused;
    }

    /// <summary>Only a timeout, or an exception that says the store is unreachable, is a fault of the store; any other is a fault of the one subject.</summary>
    private static StoreFault FaultOf(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [var only] } => FaultOf(only),
        TimeoutException or OperationCanceledException => StoreFault.Timeout,
        IOException or SocketException or DbException { IsTransient: true } or ObjectDisposedException => StoreFault.Unreachable,
        _ => StoreFault.Subject,
    };

    private void Apply(BreakerState.Change change, Exception? exception)
    {
        if (change == BreakerState.Change.Opened)
        {
            LogFailing(Name, exception!);
        }
        else if (change == BreakerState.Change.Closed)
        {
            Interlocked.Increment(ref _recoveries);
            LogRecovered(Name);
        }
    }

    private void RememberFault(Exception exception) => Volatile.Write(ref _lastFault, _logger.Exceptions.MessageOf(exception));

    private string? OwnDegradedReason()
    {
        try
        {
            return _store.DegradedReason is { } reason ? $"Assignment store {Name}: {reason}" : null;
        }
        catch (Exception exception)
        {
            return $"Assignment store {Name} could not report its health: {_logger.Exceptions.MessageOf(exception)}";
        }
    }

    private IEnumerable<KeyValuePair<string, object>> OwnDiagnostics()
    {
        try
        {
            return [.. _store.Diagnostics];
        }
        catch (Exception exception)
        {
            return [new("diagnostics_fault", _logger.Exceptions.MessageOf(exception))];
        }
    }

    [LoggerMessage(14, LogLevel.Error,
        "Assignment store {Store} is unavailable. Until it recovers, subjects that are not cached in this process get the selector's variant, with reason store-unavailable.", EventName = "StoreFailing")]
    private partial void LogFailing(string store, Exception exception);

    [LoggerMessage(15, LogLevel.Information, "Assignment store {Store} has recovered.", EventName = "StoreRecovered")]
    private partial void LogRecovered(string store);

    [LoggerMessage(120, LogLevel.Error,
        "Assignment store {Store} failed for a subject, which gets the selector's variant, with reason store-unavailable. Check what is stored for that subject.", EventName = "StoreSubjectFault")]
    private partial void LogSubjectFault(string store, Exception exception);

    [LoggerMessage(121, LogLevel.Error, "Assignment store {Store} could not return its Generation. The last known one is used until it can.", EventName = "StoreGenerationUnavailable")]
    private partial void LogNoGeneration(string store, Exception exception);
}
