using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// Handles the events that ended processes of the application left in the outbox, at the start and twice a minute: adopts the events of destinations that are registered
/// here, and expires the others. It also prevents the session from being idle for long, and reopens it after it was lost.
/// </summary>
internal sealed partial class OutboxUpkeep : IDisposable
{
    private const int StepRows = 500;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookInterval = TimeSpan.FromHours(1);

    private readonly OutboxSession _session;
    private readonly OutboxDrops _drops;
    private readonly ConcurrentDictionary<string, Action> _registered;
    private readonly PostgreSqlOutboxOptions _options;
    private readonly ExpiryClock _expiry;
    private readonly OutboxDropHandler _lost;
    private readonly NonThrowingLogger _logger;
    private readonly ITimer _timer;

    /// <summary>
    /// The lowest position assigned to events of each destination. No position is assigned twice: an event that was read before a session was lost, or whose removal may or may not have been
    /// committed, is later removed by its position, and no other event may have that position by then.
    /// </summary>
    private readonly Dictionary<string, long> _lowest = new(StringComparer.Ordinal);
    private volatile Dictionary<string, long> _unregistered = [];
    private volatile Dictionary<string, long> _abandoned = [];
    private DateTimeOffset _nextLook;
    private volatile string? _problem;
    private long _adopted;
    private int _isRunning;
    private volatile bool _isDisposed;

    /// <param name="session">The session.</param>
    /// <param name="drops">Removes events that have expired.</param>
    /// <param name="registered">The registered destinations, and the callbacks that wake them.</param>
    /// <param name="options">The limits of the outbox.</param>
    /// <param name="expiry">The clock for deciding what has expired.</param>
    /// <param name="lost">Receives each event that is dropped, and why.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Logs adopted events and failures.</param>
    public OutboxUpkeep(
        OutboxSession session,
        OutboxDrops drops,
        ConcurrentDictionary<string, Action> registered,
        PostgreSqlOutboxOptions options,
        ExpiryClock expiry,
        OutboxDropHandler lost,
        TimeProvider time,
        NonThrowingLogger logger)
    {
        _session = session;
        _drops = drops;
        _registered = registered;
        _options = options;
        _expiry = expiry;
        _lost = lost;
        _logger = logger;
        _timer = time.CreateTimer(_ => BackgroundWork.Run(RunAsync), null, TimeSpan.Zero, Interval);
    }

    /// <summary>The number of events that were adopted.</summary>
    public long Adopted => Volatile.Read(ref _adopted);

    /// <summary>The number of events that ended processes left for destinations that are not registered here, by destination.</summary>
    public IEnumerable<KeyValuePair<string, long>> Unregistered => _unregistered;

    /// <summary>The number of events that applications without a running process have left and that are older than this process keeps events, by application.</summary>
    public IEnumerable<KeyValuePair<string, long>> Abandoned => _abandoned;

    /// <summary>A sentence for operators about the last run, or about events without a destination; null if there is nothing to report.</summary>
    public string? DegradedReason => _problem ?? (_unregistered is { Count: > 0 } left
        ? $"The outbox contains events for destinations that are not registered: {string.Join(", ", left.Select(destination => FormattableString.Invariant($"{destination.Value} for {destination.Key}")))}."
        : null);

    public void Dispose()
    {
        _isDisposed = true;
        _timer.Dispose();
    }

    private Task RunAsync()
    {
        // If a run takes longer than the interval, no second one is started.
        if (_isDisposed || Interlocked.Exchange(ref _isRunning, 1) != 0)
        {
            return Task.CompletedTask;
        }

        try
        {
            _drops.Settle();
            var unregistered = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var owner in _session.Use(stored => stored.OtherOwners(_session.Owner, _session.Application)))
            {
                foreach (var total in Left(owner).TakeWhile(_ => !_isDisposed))
                {
                    var left = _registered.TryGetValue(total.Destination, out var added) ? Adopt(owner, total, added) : Expire(owner, total);
                    if (left > 0)
                    {
                        unregistered[total.Destination] = unregistered.GetValueOrDefault(total.Destination) + left;
                    }
                }
            }

            Report(unregistered);
            LookForAbandoned();
            _problem = null;
        }
        catch (Exception) when (_isDisposed)
        {
            // The session was closed in the meantime.
        }
        catch (Exception exception)
        {
            if (_problem is null)
            {
                LogFailed(exception);
            }

            _problem = $"The outbox cannot be used: {_logger.Exceptions.MessageOf(exception)}";
        }
        finally
        {
            Volatile.Write(ref _isRunning, 0);
        }

        return Task.CompletedTask;
    }

    /// <summary>Returns the events that an owner has left; none if its process is still running. An owner without events is removed.</summary>
    private List<OutboxTotal> Left(Guid owner) => _session.Use(stored => stored.InPlaceOf(owner, () =>
    {
        var totals = stored.Totals(owner);
        if (totals.Count == 0)
        {
            stored.RemoveOwner(owner);
        }

        return totals;
    })) ?? [];

    /// <summary>Moves events into this process's, before all others and in their order, up to half of the capacity: they are safe where they are, and new events are not.</summary>
    /// <returns>0: they have a destination.</returns>
    private long Adopt(Guid owner, OutboxTotal left, Action added)
    {
        var destination = left.Destination;
        var position = _lowest[destination] = _lowest.GetValueOrDefault(destination) - left.Count;
        var adopted = 0L;
        long moved;
        do
        {
            moved = _session.Use(stored => stored.InPlaceOf(owner, () => Move(stored, owner, destination, position + adopted)) is var step && step.Count > 0 ? Counted(destination, step) : 0);
            adopted += moved;
        }
        while (moved > 0 && !_isDisposed);

        if (adopted > 0)
        {
            Interlocked.Add(ref _adopted, adopted);
            LogAdopted(adopted, destination);
            added();
        }

        return 0;
    }

    private (long Count, long Bytes) Move(OutboxRows stored, Guid owner, string destination, long position)
    {
        var own = _session.Totals.Bytes;
        var moved = stored.Move(owner, _session.Owner, destination, position, (_options.MaxBytes / 2) - own, StepRows);

        // An event that is larger than half of the capacity would wait forever.
        return moved.Count == 0 && own == 0 ? stored.Move(owner, _session.Owner, destination, position, _options.MaxBytes, 1) : moved;
    }

    /// <summary>Counts the moved events once the move is committed.</summary>
    private long Counted(string destination, (long Count, long Bytes) moved)
    {
        _session.Totals.Add(destination, moved.Count, moved.Bytes);
        return moved.Count;
    }

    /// <summary>Drops events that are too old for a destination that is not registered.</summary>
    /// <returns>The number of remaining events.</returns>
    private long Expire(Guid owner, OutboxTotal left)
    {
        if (_expiry.Read() is not { } now)
        {
            return left.Count;
        }

        var stays = left.Count;
        int expired;
        do
        {
            expired = _drops.Remove(stored => Expired(stored, owner, left.Destination, now), _lost);
            stays -= expired;
        }
        while (expired == StepRows && !_isDisposed);

        return stays;
    }

    private List<OutboxDrop> Expired(OutboxRows stored, Guid owner, string destination, DateTimeOffset now) => stored.TryReplace(owner)
        ? stored.RemoveExpired(owner, destination, now - _options.MaxAge, StepRows).ConvertAll(row => row.Drop(DropReasons.OutboxExpired))
        : [];

    /// <summary>
    /// Looks once an hour for events that no process delivers or expires because the application was renamed or removed. They are kept: the application may only be stopped, and may keep events longer.
    /// </summary>
    private void LookForAbandoned()
    {
        if (_expiry.Read() is not { } now || now < _nextLook)
        {
            return;
        }

        var abandoned = _session.Use(stored => stored.LeftByOthers(_session.Application, now - _options.MaxAge)).ToDictionary(left => left.Application, left => left.Count, StringComparer.Ordinal);
        foreach (var (application, count) in abandoned.Where(left => !_abandoned.ContainsKey(left.Key)))
        {
            LogAbandoned(count, application, _options.MaxAge);
        }

        (_abandoned, _nextLook) = (abandoned, now + LookInterval);
    }

    private void Report(Dictionary<string, long> unregistered)
    {
        foreach (var (destination, count) in unregistered.Where(left => !_unregistered.ContainsKey(left.Key)))
        {
            LogUnregistered(count, destination, _options.MaxAge);
        }

        _unregistered = unregistered;
    }

    [LoggerMessage(186, LogLevel.Information, "{Count} events of a process that has ended were adopted from the outbox in PostgreSQL for destination {Destination}. This process delivers them.", EventName = "PostgreSqlOutboxAdopted")]
    private partial void LogAdopted(long count, string destination);

    [LoggerMessage(187, LogLevel.Warning, "The outbox in PostgreSQL cannot be used. It is retried every half minute, and whenever an event is to be stored.", EventName = "PostgreSqlOutboxUnavailable")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(188, LogLevel.Warning,
        "The outbox in PostgreSQL contains {Count} events for destination {Destination}, which is not registered. Register it to have them delivered; otherwise they expire {MaxAge} after they were stored. A destination is identified by the full name of its type.", EventName = "PostgreSqlOutboxDestinationUnknown")]
    private partial void LogUnregistered(long count, string destination, TimeSpan maxAge);

    [LoggerMessage(189, LogLevel.Warning,
        "The outbox in PostgreSQL contains {Count} events of application '{Application}' that are older than {MaxAge}, and no process of that application runs. They are neither delivered nor do they expire. If the application was renamed, set PostgreSqlOutboxOptions.Application to '{Application}' in one of its processes until they are gone; otherwise delete them.", EventName = "PostgreSqlOutboxAbandoned")]
    private partial void LogAbandoned(long count, string application, TimeSpan maxAge);
}
