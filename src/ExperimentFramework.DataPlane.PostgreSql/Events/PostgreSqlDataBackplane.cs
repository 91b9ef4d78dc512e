using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace ExperimentFramework.DataPlane.PostgreSql;

/// <summary>
/// Writes events to PostgreSQL 12 or later: a table for each kind of event, a partition for each day, and each event once, even if it is delivered again.
/// The tables are created when they are missing. An event that has been delivered is committed.
/// </summary>
/// <remarks>
/// A batch is one transaction. While the server, the database or the role cannot be used, nothing is rejected: events are retried, or wait in the outbox. An event is
/// rejected if PostgreSQL cannot store one of its values, such as a number outside its range, or if its time is before 1970 or more than a year in the future.
/// </remarks>
public sealed class PostgreSqlDataBackplane : IDataBackplane, IAsyncDisposable, IDisposable
{
    private const string Page = "docs/how-to/destinations/write-postgresql.md#privileges";

    private readonly NpgsqlDataSource _dataSource;
    private readonly ServerConnection? _own;
    private readonly ServerFaultTranslator _faults;
    private readonly SchemaGate _schema;
    private readonly EventPartitions _partitions;
    private readonly EventCopy _copy;
    private readonly EventUpkeep _upkeep;
    private volatile bool _isDisposed;

    /// <summary>Initializes a destination. It connects in the background.</summary>
    /// <param name="dataSource">The database. The destination does not dispose it.</param>
    /// <param name="options">The options; <see cref="PostgreSqlDataBackplaneOptions.ConnectionString"/> is not used. Default: all defaults.</param>
    /// <param name="timeProvider">The clock. Default: the system clock.</param>
    /// <param name="logger">
    /// Logs problems with partitions. <c>AddPostgreSqlDataBackplane</c> uses the category <see cref="DataPlaneLogCategories.Delivery"/>. Default: no logging.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="dataSource"/> is null.</exception>
    /// <exception cref="InvalidOperationException">An option is invalid; the message names it.</exception>
    public PostgreSqlDataBackplane(
        NpgsqlDataSource dataSource, PostgreSqlDataBackplaneOptions? options = null, TimeProvider? timeProvider = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        options ??= new PostgreSqlDataBackplaneOptions();
        if (PostgreSqlDataBackplaneOptionsValidator.Errors(options).FirstOrDefault() is { } error)
        {
            throw new InvalidOperationException(error);
        }

        var time = timeProvider ?? TimeProvider.System;
        _dataSource = dataSource;
        _faults = new ServerFaultTranslator(dataSource, options.Schema, Page);
        _schema = new SchemaGate(dataSource, options.Schema, EventSchema.Component, options.Migrate);
        _partitions = new EventPartitions(dataSource, options.Schema, time);
        _copy = new EventCopy(dataSource, options.Schema);
        _upkeep = new EventUpkeep(_schema, _partitions, _faults, options, time, NonThrowingLogger.Of(logger ?? NullLogger.Instance));
    }

    internal PostgreSqlDataBackplane(ServerConnection connection, PostgreSqlDataBackplaneOptions options, TimeProvider time, ILogger logger)
        : this(connection.DataSource, options, time, logger) => _own = connection;

    /// <inheritdoc/>
    public async ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        var result = await PublishAsync([envelope], cancellationToken).ConfigureAwait(false);
        if (result[0] != DeliveryStatus.Delivered)
        {
            throw result.Error!;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelopes);
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (envelopes.Count == 0)
        {
            return BatchResult.Delivered;
        }

        try
        {
            await _schema.EnsureAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw _faults.Translate(exception);
        }

        var result = await new EventBatch(envelopes, _partitions, _copy, _faults).PublishAsync(cancellationToken).ConfigureAwait(false);
        if (result.Error is { InnerException: { } cause } && ServerFault.IsOutage(cause))
        {
            // The server may come back with other tables.
            _schema.Forget();
        }

        return result;
    }

    /// <summary>Returns at once: a delivered event is committed.</summary>
    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <summary>Queries the server: whether it accepts writes, and the version of the tables. Degraded if partitions cannot be created in advance or dropped.</summary>
    /// <inheritdoc/>
    public async ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _schema.EnsureAsync(cancellationToken).ConfigureAwait(false);
            var (version, isReadOnly) = await AskAsync(cancellationToken).ConfigureAwait(false);
            var diagnostics = new Dictionary<string, object>
            {
                ["server_version"] = version,
                ["last_partition"] = _partitions.LastDay?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "unknown",
                ["dropped_partitions"] = _upkeep.DroppedPartitions,
            };
            return isReadOnly
                ? BackplaneHealth.Unhealthy(_faults.ReadOnly, diagnostics)
                : _upkeep.DegradedReason is { } reason
                    ? BackplaneHealth.Degraded(reason, diagnostics)
                    : BackplaneHealth.Healthy($"PostgreSQL {version}.", diagnostics);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _schema.Forget();
            var translated = _faults.Translate(exception);
            return SafeText.IsOwn(translated) ? BackplaneHealth.Unhealthy(translated.Message) : throw translated;
        }
    }

    /// <summary>Closes the connections that the destination opened for a connection string.</summary>
    /// <returns>A task that completes when they are closed.</returns>
    public async ValueTask DisposeAsync()
    {
        End();
        if (_own is not null)
        {
            await _own.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes the connections that the destination opened for a connection string.</summary>
    public void Dispose()
    {
        End();
        _own?.Dispose();
    }

    private void End()
    {
        _isDisposed = true;
        _upkeep.Dispose();
        _copy.Dispose();
    }

    private async Task<(string Version, bool IsReadOnly)> AskAsync(CancellationToken cancellationToken)
    {
        var connection = await _dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            using var command = new NpgsqlCommand("SELECT current_setting('transaction_read_only') = 'on'", connection);
            return (connection.PostgreSqlVersion.ToString(), await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is true);
        }
    }
}
