using System.Globalization;
using System.Runtime.ExceptionServices;
using StackExchange.Redis;

namespace ExperimentFramework.DataPlane.Redis;

/// <summary>
/// Stores assignments in Redis 7.0 or later (or another server that supports <c>SET key value NX GET</c>), for all hosts that use it. An
/// assignment takes one round trip: it is set if it is absent, and the existing one is returned.
/// </summary>
/// <remarks>
/// The store has its own connection. While it is broken, calls fail at once and nothing is queued, so that nothing is written
/// late when it is restored.
/// </remarks>
public sealed class RedisAssignmentStore : IAssignmentStore, IDisposable
{
    /// <summary>Sets the value unless a value other than the expected one exists, and returns the existing one in that case.</summary>
    private const string ReplaceScript = """
        local existing = redis.call('GET', KEYS[1])
        if existing and existing ~= ARGV[1] then return existing end
        if ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
        return false
        """;

    /// <summary>The number of keys that one step of a scan examines.</summary>
    private const int ScanPageSize = 500;

    private static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromSeconds(10);

    private readonly ConnectionMultiplexer _connection;
    private readonly IDatabase _database;
    private readonly string _keyPrefix;
    private readonly TimeSpan? _timeToLive;
    private readonly RedisServerState _state;
    private long _generation;
    private int _isFindingPrimary;

    /// <summary>Connects to the server. If it is not available yet, connecting continues in the background.</summary>
    /// <param name="options">The options.</param>
    /// <param name="timeout">
    /// How long calls wait that set no shorter timeout or cancellation token: from 1 millisecond to 10 seconds. Default: 50 milliseconds.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is less than 1 millisecond or more than 10 seconds.</exception>
    /// <exception cref="InvalidOperationException">An option is invalid; the message names it.</exception>
    public RedisAssignmentStore(RedisAssignmentStoreOptions options, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (timeout is { } longest)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(longest, MinTimeout, nameof(timeout));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(longest, MaxTimeout, nameof(timeout));
        }

        if (RedisAssignmentStoreOptionsValidator.Errors(options).FirstOrDefault() is { } error)
        {
            throw new InvalidOperationException(error);
        }

        _keyPrefix = options.KeyPrefix;
        _timeToLive = options.TimeToLive;
        _connection = ConnectionMultiplexer.Connect(ConnectionOptions(options.Configuration, timeout ?? TimeSpan.FromMilliseconds(50)));
        _state = new RedisServerState(_connection, FailedOver, TimeProvider.System);
        _connection.ConnectionRestored += (_, restored) =>
        {
            if (restored.ConnectionType == ConnectionType.Interactive)
            {
                Interlocked.Increment(ref _generation);
            }

            _state.Refresh(isUrgent: true);
        };
        _connection.ConfigurationChanged += (_, _) => _state.Refresh(isUrgent: true);
        _database = _connection.GetDatabase();
        _state.Refresh();
    }

    /// <summary>Always true: all hosts use the same server.</summary>
    public bool IsShared => true;

    /// <summary>The number of restored connections and failovers: the server may have lost data.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>
    /// A sentence for operators if the server may evict assignments or has evicted keys, or if no connected server is a primary; otherwise null. At most 10
    /// seconds old; null while the state is not known.
    /// </summary>
    public string? DegradedReason => _state.DegradedReason;

    /// <summary>
    /// Whether the client is connected, how often it was reconnected or failed over, and the primary's number of evicted keys and eviction policy.
    /// </summary>
    public IReadOnlyDictionary<string, object> Diagnostics => new Dictionary<string, object>(_state.Numbers)
    {
        ["connected"] = _connection.IsConnected,
        ["reconnects"] = Generation,
    };

    /// <inheritdoc/>
    public StoredAssignment? Find(in AssignmentKey key, TimeSpan timeout) =>
        RedisLayout.Read(_keyPrefix, key, Wait(FindAsync(RedisLayout.KeyOf(_keyPrefix, key)), timeout));

    /// <inheritdoc/>
    public async ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return RedisLayout.Read(_keyPrefix, key, await AwaitAsync(FindAsync(RedisLayout.KeyOf(_keyPrefix, key)), cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return RedisLayout.Read(_keyPrefix, key, Wait(AssignAsync(RedisLayout.KeyOf(_keyPrefix, key), candidate, expected), timeout));
    }

    /// <inheritdoc/>
    public async ValueTask<StoredAssignment?> AssignAsync(
        AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        cancellationToken.ThrowIfCancellationRequested();
        var response = AssignAsync(RedisLayout.KeyOf(_keyPrefix, key), candidate, expected);
        return RedisLayout.Read(_keyPrefix, key, await AwaitAsync(response, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The keys start with the experiment, so all keys of the database are scanned (<c>SCAN</c>, in small steps that block no other client), on each primary
    /// of a cluster. If a primary is not connected, the others are searched before the exception is thrown.
    /// </remarks>
    /// <exception cref="IOException">
    /// Not every primary was searched, or keys may have moved between primaries in the meantime. Some assignments may have been deleted; call again when
    /// the server is available.
    /// </exception>
    public async ValueTask<long> ForgetAsync(
        string subjectId, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(subjectId);
        try
        {
            var primaries = await RedisPrimaries.FindAsync(_connection, cancellationToken).ConfigureAwait(false);
            if (primaries.Connected.Count == 0)
            {
                throw new IOException("No writable Redis server is connected, so nothing was deleted. Call again when a primary is available.");
            }

            var deleted = await DeleteAsync(
                primaries.Connected, RedisLayout.PatternOf(_keyPrefix, subjectId, subjectType, tenantId), cancellationToken).ConfigureAwait(false);
            if (primaries.Unreachable.Count > 0)
            {
                throw new IOException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{string.Join(", ", primaries.Unreachable)} of the Redis cluster cannot be reached, so its keys were not searched. {deleted} assignments were deleted from the other primaries. Call again when the whole cluster is available."));
            }

            var after = await RedisPrimaries.FindAsync(_connection, cancellationToken).ConfigureAwait(false);
            return !primaries.IsMovingSlots && !after.IsMovingSlots && after.Layout == primaries.Layout
                ? deleted
                : throw new IOException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The primaries of Redis or their slots changed during the search, so assignments may have been missed. {deleted} were deleted. Call again when the change is complete."));
        }
        catch (Exception exception) when (Translate(exception) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _connection.Dispose();

    private async Task<long> DeleteAsync(IEnumerable<IServer> primaries, RedisValue pattern, CancellationToken cancellationToken)
    {
        var deleted = 0L;
        foreach (var primary in primaries)
        {
            await foreach (var key in primary.KeysAsync(_database.Database, pattern, ScanPageSize).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (RedisLayout.HasAllParts(_keyPrefix, key) && await _database.KeyDeleteAsync(key).WaitAsync(cancellationToken).ConfigureAwait(false))
                {
                    deleted++;
                }
            }
        }

        return deleted;
    }

    private Task<RedisValue> FindAsync(RedisKey key) => _database.StringGetAsync(key, CommandFlags.DemandMaster);

    private Task<RedisValue> AssignAsync(RedisKey key, StoredAssignment candidate, StoredAssignment? expected) => expected is null
        ? _database.StringSetAndGetAsync(key, RedisLayout.ValueOf(candidate), _timeToLive, when: When.NotExists)
        : ReplaceAsync(key, candidate, expected);

    private async Task<RedisValue> ReplaceAsync(RedisKey key, StoredAssignment candidate, StoredAssignment expected) =>
        (RedisValue)await _database.ScriptEvaluateAsync(ReplaceScript, [key], Arguments(candidate, expected)).ConfigureAwait(false);

    /// <summary>
    /// Waits on the task of an asynchronous command instead of using the client's synchronous one: the thread pool detects such a wait and adds a thread,
    /// which the client's reader needs. Otherwise a few callers that block pool threads would keep all their responses from being read.
    /// </summary>
    private RedisValue Wait(Task<RedisValue> response, TimeSpan timeout)
    {
        try
        {
            return response.Wait(timeout) ? response.GetAwaiter().GetResult() : throw CreateTimeout(response, timeout);
        }
        catch (AggregateException exception) when (Translate(exception.InnerException!) is { } translated)
        {
            throw translated;
        }
        catch (AggregateException exception)
        {
            // With the stack of the command.
            ExceptionDispatchInfo.Throw(exception.InnerException!);
            throw;
        }
    }

    private async Task<RedisValue> AwaitAsync(Task<RedisValue> response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (Translate(exception) is { } translated)
        {
            throw translated;
        }
    }

    private static TimeoutException CreateTimeout(Task response, TimeSpan timeout)
    {
        // Observe the exception of a late response, which no one else will.
        _ = response.ContinueWith(
            static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"Redis did not respond within {timeout.TotalMilliseconds} ms."));
    }

    private IOException? Translate(Exception exception)
    {
        if (exception is RedisServerException && RedisFaults.IsReadOnly(exception))
        {
            FindPrimary();
        }

        return RedisFaults.Translate(exception);
    }

    /// <summary>Changes the generation, because a promoted server may lack recent writes of its predecessor.</summary>
    private void FailedOver() => Interlocked.Increment(ref _generation);

    /// <summary>Searches for the primary, one search at a time: the client would notice a failover only within a minute.</summary>
    private void FindPrimary()
    {
        if (Interlocked.Exchange(ref _isFindingPrimary, 1) == 0)
        {
            _ = BackgroundWork.Run(FindPrimaryAsync);
        }
    }

    private async Task FindPrimaryAsync()
    {
        try
        {
            await _connection.ConfigureAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            // The next command that reaches a replica searches again.
        }
        finally
        {
            Volatile.Write(ref _isFindingPrimary, 0);
            _state.Refresh(isUrgent: true);
        }
    }

    private RedisValue[] Arguments(StoredAssignment candidate, StoredAssignment expected) =>
    [
        RedisLayout.ValueOf(expected),
        RedisLayout.ValueOf(candidate),
        _timeToLive is { } timeToLive ? (long)timeToLive.TotalMilliseconds : "",
    ];

    private static ConfigurationOptions ConnectionOptions(string configuration, TimeSpan timeout)
    {
        var options = ConfigurationOptions.Parse(configuration);
        var milliseconds = (int)Math.Ceiling(timeout.TotalMilliseconds);
        options.SyncTimeout = milliseconds;
        options.AsyncTimeout = milliseconds;
        options.IncludeDetailInExceptions = false;

        // This only enables INFO in the client; commands that the server does not permit stay forbidden.
        options.AllowAdmin = true;
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        return options;
    }
}
