using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A store that never throws, and that no caller waits for longer than the timeout. When it does not answer, it is left alone, and one call per
/// interval asks whether it works again.
/// </summary>
internal sealed partial class AssignmentStoreCircuitBreaker : IAsyncDisposable, IDisposable
{
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
            (key, assignment) => QueryAsync(key, assignment, expected: null),
            async key => await ForgetAsync(key.SubjectId, key.SubjectType, key.TenantId, CancellationToken.None).ConfigureAwait(false),
            writeBehindCapacity,
            time,
            _logger);
    }

    public string Name => _store.GetType().Name;

    public bool IsShared { get; }

    /// <summary>What was served without the store and is to be written when it is back.</summary>
    public WriteBehindQueue WriteBehind { get; }

    /// <summary>What was asked, and what came of it.</summary>
    public StoreCallCounts Tally { get; } = new();

    /// <summary>Whether the store is left alone.</summary>
    public bool IsUnavailable => _breaker.IsOpen;

    /// <summary>Another number than before when what was read may no longer stand.</summary>
    public long Generation
    {
        get
        {
            try
            {
                // Written only if it differs: every call of every thread reads it.
                var generation = _store.Generation;
                if (generation != Volatile.Read(ref _generation))
                {
                    Volatile.Write(ref _generation, generation);
                }

                _generationFault.Reset();
            }
            catch (Exception exception)
            {
                Note(exception);
                if (_generationFault.Trip())
                {
                    LogNoGeneration(Name, exception);
                }
            }

            return Volatile.Read(ref _generation) + Volatile.Read(ref _recoveries);
        }
    }

    /// <summary>Whether a question asked now would reach the store, and so might wait.</summary>
    public bool CanEnter => !_breaker.IsOpen || _breaker.CanEnter(_time.GetTimestamp());

    public string? Trouble
    {
        get
        {
            var lastFault = Volatile.Read(ref _lastFault);
            return _breaker.IsOpen
                ? $"Assignment store {Name} does not answer ({lastFault}): subjects that this process does not know get the selector's answer."
                : _generationFault.IsFailing || _subjectFault.IsFailing
                    ? $"Assignment store {Name} works, but not for all questions (the last fault: {lastFault}): the subjects concerned get the selector's answer."
                    : OwnDegradedReason();
        }
    }

    public IEnumerable<KeyValuePair<string, object>> Diagnostics =>
        [.. OwnDiagnostics(), .. Tally.Numbers, .. WriteBehind.Numbers, new("faults", Tally.Faults)];

    /// <summary>Reads or, if a candidate is given, writes unless another assignment than <paramref name="expected"/> is there.</summary>
    public StoreResult Query(in AssignmentKey key, StoredAssignment? candidate, StoredAssignment? expected)
    {
        var askedAt = _time.GetTimestamp();
        if (!TryEnter(askedAt))
        {
            return StoreResult.Missed;
        }

        try
        {
            return OnAnswered(candidate is null ? _store.Find(key, _timeout) : _store.Assign(key, candidate, expected, _timeout));
        }
        catch (Exception exception)
        {
            return OnFailed(exception, key, askedAt);
        }
    }

    /// <summary>Reads or, if a candidate is given, writes unless another assignment than <paramref name="expected"/> is there.</summary>
    public async ValueTask<StoreResult> QueryAsync(AssignmentKey key, StoredAssignment? candidate, StoredAssignment? expected)
    {
        var askedAt = _time.GetTimestamp();
        if (!TryEnter(askedAt))
        {
            return StoreResult.Missed;
        }

        try
        {
            using var patience = new CancellationTokenSource(_timeout, _time);
            var answer = candidate is null
                ? _store.FindAsync(key, patience.Token)
                : _store.AssignAsync(key, candidate, expected, patience.Token);

            // A store may not heed its token.
            return OnAnswered(answer.IsCompletedSuccessfully ? answer.Result : await answer.AsTask().WaitAsync(patience.Token).ConfigureAwait(false));
        }
        catch (Exception exception)
        {
            return OnFailed(exception, key, askedAt);
        }
    }

    /// <summary>Deletes a subject. Throws if the store does: it is the one question whose answer must be certain.</summary>
    public async ValueTask<long> ForgetAsync(string subjectId, string? subjectType, string? tenantId, CancellationToken cancellationToken)
    {
        WriteBehind.Forget(subjectId, subjectType, tenantId);
        return await _store.ForgetAsync(subjectId, subjectType, tenantId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what is still to be written, if the store answers.</summary>
    public ValueTask DisposeAsync() => WriteBehind.DisposeAsync();

    /// <summary>Waits for nothing: what is still to be written is lost, and logged.</summary>
    public void Dispose() => WriteBehind.Dispose();

    private bool TryEnter(long now)
    {
        if (_breaker.TryEnter(now))
        {
            return true;
        }

        Tally.Count(StoreCallCounts.Outcome.Skipped);
        return false;
    }

    private StoreResult OnAnswered(StoredAssignment? standing)
    {
        Tally.Count(StoreCallCounts.Outcome.Answered);
        _subjectFault.Reset();
        Take(_breaker.OnAnswered(_time.GetTimestamp()), exception: null);
        return new StoreResult(IsAnswered: true, standing);
    }

    private StoreResult OnFailed(Exception exception, in AssignmentKey key, long askedAt)
    {
        var fault = FaultOf(exception);
        exception = exception is OperationCanceledException
            ? SafeText.Own(new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"No answer within {_timeout.TotalMilliseconds} ms.")))
            : exception;
        Note(exception);
        Tally.Count(fault switch
        {
            StoreFault.Timeout => StoreCallCounts.Outcome.Timeout,
            StoreFault.Unreachable => StoreCallCounts.Outcome.Unreachable,
            _ => StoreCallCounts.Outcome.Fault,
        });
        Take(_breaker.OnFailed(fault, key, askedAt, _time.GetTimestamp()), exception);
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

    /// <summary>Only silence, and a store that says so itself, is a fault of the store; all else is a fault of the one subject.</summary>
    private static StoreFault FaultOf(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [var only] } => FaultOf(only),
        TimeoutException or OperationCanceledException => StoreFault.Timeout,
        IOException or SocketException or DbException { IsTransient: true } or ObjectDisposedException => StoreFault.Unreachable,
        _ => StoreFault.Subject,
    };

    private void Take(BreakerState.Change change, Exception? exception)
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

    private void Note(Exception exception) => Volatile.Write(ref _lastFault, _logger.Exceptions.MessageOf(exception));

    private string? OwnDegradedReason()
    {
        try
        {
            return _store.DegradedReason is { } reason ? $"Assignment store {Name}: {reason}" : null;
        }
        catch (Exception exception)
        {
            return $"Assignment store {Name} cannot say how it is: {_logger.Exceptions.MessageOf(exception)}";
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
        "Assignment store {Store} failed. Until it answers again, subjects that this process does not know get the selector's answer, with reason store-unavailable.", EventName = "StoreFailing")]
    private partial void LogFailing(string store, Exception exception);

    [LoggerMessage(15, LogLevel.Information, "Assignment store {Store} answers again.", EventName = "StoreRecovered")]
    private partial void LogRecovered(string store);

    [LoggerMessage(120, LogLevel.Error,
        "Assignment store {Store} could not answer for a subject, which gets the selector's answer, with reason store-unavailable; the store stays in use for all others. Look at what is stored for that subject.", EventName = "StoreSubjectFault")]
    private partial void LogSubjectFault(string store, Exception exception);

    [LoggerMessage(121, LogLevel.Error, "Assignment store {Store} could not give its Generation; its last one is used until it can.", EventName = "StoreGenerationUnavailable")]
    private partial void LogNoGeneration(string store, Exception exception);
}
