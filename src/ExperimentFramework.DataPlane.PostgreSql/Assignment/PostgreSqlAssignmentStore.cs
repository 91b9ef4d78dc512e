using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// Stores assignments in PostgreSQL 12 or later, for all hosts that use it. An assignment takes one round trip: it is inserted if it is absent, and the
/// existing one is returned.
/// </summary>
/// <remarks>
/// PostgreSQL has no NUL character, so a subject whose id contains one cannot be stored: the call fails for that subject, which gets the selector's variant.
/// </remarks>
public sealed class PostgreSqlAssignmentStore : IAssignmentStore, IAsyncDisposable, IDisposable
{
    /// <summary>The longest time that the constructor waits, so that the first callers find the table.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(5);

    private const string Page = "docs/how-to/stores/postgresql.md#layout";

    private readonly ServerConnection? _own;
    private readonly ServerFaultTranslator _faults;
    private readonly SchemaGate _schema;
    private readonly AssignmentRows _rows;
    private readonly AssignmentRetention _retention;
    private long _generation;
    private volatile bool _isLost;

    /// <summary>
    /// Connects to the server, and creates and migrates the table. If that takes longer than 5 seconds, or fails, it is continued in the background.
    /// </summary>
    /// <param name="dataSource">The database. The store does not dispose it.</param>
    /// <param name="options">The options; <see cref="PostgreSqlAssignmentStoreOptions.ConnectionString"/> is not used. Default: all defaults.</param>
    /// <param name="timeProvider">The clock. Default: the system clock.</param>
    /// <param name="logger">
    /// Logs failures in the background. <c>AddPostgreSqlAssignmentStore</c> uses the category <see cref="DataPlaneLogCategories.Assignment"/>. Default: no logging.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="dataSource"/> is null.</exception>
    /// <exception cref="InvalidOperationException">An option is invalid; the message names it.</exception>
    public PostgreSqlAssignmentStore(
        NpgsqlDataSource dataSource, PostgreSqlAssignmentStoreOptions? options = null, TimeProvider? timeProvider = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        options ??= new PostgreSqlAssignmentStoreOptions();
        if (PostgreSqlAssignmentStoreOptionsValidator.Errors(options).FirstOrDefault() is { } error)
        {
            throw new InvalidOperationException(error);
        }

        _faults = new ServerFaultTranslator(dataSource, options.Schema, Page);
        _schema = new SchemaGate(dataSource, options.Schema, AssignmentSchema.Component, options.Migrate);
        _rows = new AssignmentRows(dataSource, options.Schema);
        AwaitStart();
        _retention = new AssignmentRetention(
            _rows, _schema, _faults, options.Retention, timeProvider ?? TimeProvider.System, NonThrowingLogger.Of(logger ?? NullLogger.Instance));
    }

    internal PostgreSqlAssignmentStore(ServerConnection connection, PostgreSqlAssignmentStoreOptions options, TimeProvider time, ILogger logger)
        : this(connection.DataSource, options, time, logger) => _own = connection;

    /// <summary>Always true: all hosts use the same server.</summary>
    public bool IsShared => true;

    /// <summary>The number of times that the server was unavailable and came back: another server, to which a failover leads, may lack recent writes.</summary>
    public long Generation => Volatile.Read(ref _generation);

    /// <summary>A sentence for operators if the last-seen times of subjects cannot be updated, or expired assignments cannot be deleted; otherwise null.</summary>
    public string? DegradedReason => _retention.DegradedReason;

    /// <summary>How often the server came back, and how many assignments have expired.</summary>
    public IReadOnlyDictionary<string, object> Diagnostics => new Dictionary<string, object>
    {
        ["recoveries"] = Generation,
        ["expired_rows"] = _retention.Expired,
    };

    /// <inheritdoc/>
    public StoredAssignment? Find(in AssignmentKey key, TimeSpan timeout)
    {
        var requested = key;
        return BoundedWait.For(token => FindAsync(requested, token), timeout);
    }

    /// <inheritdoc/>
    public ValueTask<StoredAssignment?> FindAsync(AssignmentKey key, CancellationToken cancellationToken = default) => RunAsync(
        async token =>
        {
            if (await _rows.FindAsync(key, token).ConfigureAwait(false) is not { } found)
            {
                return null;
            }

            _retention.Saw(key, found.LastSeenAt);
            return found.Assignment;
        },
        cancellationToken);

    /// <inheritdoc/>
    public StoredAssignment? Assign(in AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        var requested = key;
        return BoundedWait.For(token => AssignAsync(requested, candidate, expected, token), timeout);
    }

    /// <inheritdoc/>
    public ValueTask<StoredAssignment?> AssignAsync(
        AssignmentKey key, StoredAssignment candidate, StoredAssignment? expected, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return RunAsync(token => _rows.AssignAsync(key, candidate, expected, token), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<long> ForgetAsync(string subjectId, string? subjectType = null, string? tenantId = null, CancellationToken cancellationToken = default)
    {
        // The key makes strings well-formed, as it did when they were stored.
        var key = new AssignmentKey("*", subjectId, subjectType, tenantId);
        return RunAsync(token => _rows.ForgetAsync(key.SubjectId, key.SubjectType ?? "", key.TenantId ?? "", token), cancellationToken);
    }

    /// <summary>Closes the connections that the store opened for a connection string.</summary>
    /// <returns>A task that completes when they are closed.</returns>
    public async ValueTask DisposeAsync()
    {
        _retention.Dispose();
        if (_own is not null)
        {
            await _own.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes the connections that the store opened for a connection string.</summary>
    public void Dispose()
    {
        _retention.Dispose();
        _own?.Dispose();
    }

    private void AwaitStart()
    {
        try
        {
            _schema.EnsureAsync(CancellationToken.None).AsTask().Wait(StartTimeout);
        }
        catch (AggregateException)
        {
            // The first call tries again, and throws any fault.
        }
    }

    /// <summary>Waits no longer than the caller: opening a connection ignores its token until the connection's own time limit.</summary>
    private async ValueTask<T> RunAsync<T>(Func<CancellationToken, Task<T>> query, CancellationToken cancellationToken)
    {
        var answer = QueryAsync(query, cancellationToken);
        Observe(answer);
        return await answer.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> QueryAsync<T>(Func<CancellationToken, Task<T>> query, CancellationToken cancellationToken)
    {
        try
        {
            await _schema.EnsureAsync(cancellationToken).ConfigureAwait(false);
            var answer = await query(cancellationToken).ConfigureAwait(false);
            if (_isLost)
            {
                _isLost = false;
                Interlocked.Increment(ref _generation);
            }

            return answer;
        }
        catch (Exception exception) when (ServerFault.IsOutage(exception))
        {
            _isLost = true;
            _schema.Forget();
            throw _faults.Translate(exception);
        }
    }

    /// <summary>Observes the exception of a late answer, which no one else will.</summary>
    private static void Observe(Task answer) => answer.ContinueWith(
        static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
