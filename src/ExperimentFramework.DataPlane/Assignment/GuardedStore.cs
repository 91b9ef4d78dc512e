using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// A store that nobody waits for longer than the timeout, and that never throws. After a fault it is left alone, and asked
/// by one call per interval whether it works again.
/// </summary>
internal sealed partial class GuardedStore(IAssignmentStore store, TimeSpan timeout, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    /// <summary>Never the time of a retry: the store is in order.</summary>
    private const long InOrder = long.MinValue;

    private readonly QuietLogger _logger = QuietLogger.Of(logger);
    private readonly long _retryTicks = (long)(RetryInterval.TotalSeconds * time.TimestampFrequency);
    private long _retryAt = InOrder;
    private long _generation;
    private long _recoveries;
    private long _faults;
    private string? _lastFault;

    public string Name => store.GetType().Name;

    public bool IsShared => store.IsShared;

    /// <summary>Another number than before when what was read may no longer stand.</summary>
    public long Generation
    {
        get
        {
            try
            {
                // Written where it is another one: every call of every thread comes by.
                var generation = store.Generation;
                if (generation != Volatile.Read(ref _generation))
                {
                    Volatile.Write(ref _generation, generation);
                }
            }
            catch (Exception exception)
            {
                Failed(exception);
            }

            return Volatile.Read(ref _generation) + Volatile.Read(ref _recoveries);
        }
    }

    /// <summary>Whether a question asked now would reach the store, and so might wait.</summary>
    public bool WouldAsk
    {
        get
        {
            var retryAt = Volatile.Read(ref _retryAt);
            return retryAt == InOrder || time.GetTimestamp() >= retryAt;
        }
    }

    public string? Trouble => Volatile.Read(ref _retryAt) == InOrder
        ? null
        : $"Assignment store {Name} does not answer ({Volatile.Read(ref _lastFault)}): subjects that this process does not know get the selector's answer.";

    public IEnumerable<KeyValuePair<string, object>> Diagnostics => [.. OwnDiagnostics(), new("faults", Volatile.Read(ref _faults))];

    /// <summary>Reads or, where a candidate is given, writes unless another than <paramref name="replaced"/> stands there.</summary>
    public StoreAnswer Ask(in AssignmentKey key, StoredAssignment? candidate, StoredAssignment? replaced)
    {
        if (!MayAsk())
        {
            return default;
        }

        try
        {
            return Answered(candidate is null ? store.Find(key, timeout) : store.Assign(key, candidate, replaced, timeout));
        }
        catch (Exception exception)
        {
            return Failed(exception);
        }
    }

    /// <summary>Reads or, where a candidate is given, writes unless another than <paramref name="replaced"/> stands there.</summary>
    public async ValueTask<StoreAnswer> AskAsync(AssignmentKey key, StoredAssignment? candidate, StoredAssignment? replaced)
    {
        if (!MayAsk())
        {
            return default;
        }

        try
        {
            using var patience = new CancellationTokenSource(timeout, time);
            var answer = candidate is null
                ? store.FindAsync(key, patience.Token)
                : store.AssignAsync(key, candidate, replaced, patience.Token);

            // A store may not heed its token.
            return Answered(answer.IsCompletedSuccessfully ? answer.Result : await answer.AsTask().WaitAsync(patience.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            return Failed(SafeText.Own(new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"No answer within {timeout.TotalMilliseconds} ms."))));
        }
        catch (Exception exception)
        {
            return Failed(exception);
        }
    }

    /// <summary>Deletes a subject. Throws where the store does: it is the one question whose answer has to be certain.</summary>
    public ValueTask<long> ForgetAsync(string subjectId, string? subjectType, string? tenantId, CancellationToken cancellationToken) =>
        store.ForgetAsync(subjectId, subjectType, tenantId, cancellationToken);

    private IEnumerable<KeyValuePair<string, object>> OwnDiagnostics()
    {
        try
        {
            return [.. store.Diagnostics];
        }
        catch (Exception exception)
        {
            return [new("diagnostics_fault", _logger.Exceptions.Of(exception))];
        }
    }

    private bool MayAsk()
    {
        var retryAt = Volatile.Read(ref _retryAt);
        if (retryAt == InOrder)
        {
            return true;
        }

        // Who moves the time of the retry is the one that tries; the others go without until then.
        var now = time.GetTimestamp();
        return now >= retryAt && Interlocked.CompareExchange(ref _retryAt, now + _retryTicks, retryAt) == retryAt;
    }

    private StoreAnswer Answered(StoredAssignment? standing)
    {
        if (Volatile.Read(ref _retryAt) != InOrder && Interlocked.Exchange(ref _retryAt, InOrder) != InOrder)
        {
            Interlocked.Increment(ref _recoveries);
            LogRecovered(Name);
        }

        return new StoreAnswer(IsAnswered: true, standing);
    }

    private StoreAnswer Failed(Exception exception)
    {
        Interlocked.Increment(ref _faults);
        Volatile.Write(ref _lastFault, _logger.Exceptions.Of(exception));
        if (Interlocked.Exchange(ref _retryAt, time.GetTimestamp() + _retryTicks) == InOrder)
        {
            LogFailing(Name, exception);
        }

        return default;
    }

    [LoggerMessage(14, LogLevel.Error,
        "Assignment store {Store} failed. Until it answers again, subjects that this process does not know get the selector's answer, with reason store-unavailable.")]
    private partial void LogFailing(string store, Exception exception);

    [LoggerMessage(15, LogLevel.Information, "Assignment store {Store} answers again.")]
    private partial void LogRecovered(string store);
}
