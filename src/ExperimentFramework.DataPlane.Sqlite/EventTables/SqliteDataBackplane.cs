using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ExperimentFramework.DataPlane.Sqlite;

/// <summary>
/// Stores events in the tables of an SQLite file, one for each type of event. Other processes can read and write the file at the same time. An event that
/// is delivered again is stored once, by its <see cref="DataPlaneEnvelope.EventId"/>. A delivered event survives the process, however it ends; after a power failure,
/// the last ones may be missing, but the file is consistent.
/// </summary>
public sealed class SqliteDataBackplane : IDataBackplane, IDisposable
{
    private readonly EventFile _file;
    private readonly EventRetention? _retention;

    /// <summary>The texts of a batch, for the next batch to reuse; null while they are in use.</summary>
    private BatchTexts? _texts = new();

    /// <summary>Initializes a destination and opens its file, which is created if it is missing.</summary>
    /// <param name="path">The path of the file. Its folder must exist. Connection strings and <c>:memory:</c> are not supported.</param>
    /// <param name="options">The options; null uses the defaults.</param>
    /// <param name="timeProvider">The clock; null uses the system's.</param>
    /// <param name="logger">The logger; null logs nothing.</param>
    /// <exception cref="ArgumentNullException"><paramref name="path"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is not the path of a file, or an option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">The file cannot be used; the message says why and what to do.</exception>
    public SqliteDataBackplane(string path, SqliteDataBackplaneOptions? options = null, TimeProvider? timeProvider = null, ILogger? logger = null)
    {
        var file = DatabasePath.Validate(path, nameof(path));
        options ??= new SqliteDataBackplaneOptions();
        if (new SqliteDataBackplaneOptionsValidator().Validate(null, options) is { Failed: true } invalid)
        {
            throw new ArgumentException(invalid.FailureMessage, nameof(options));
        }

        var time = timeProvider ?? TimeProvider.System;
        var log = NonThrowingLogger.Of(logger ?? NullLogger.Instance);
        _file = new EventFile(file, options.IndexSubjects, time, log);
        _file.Open();
        _retention = options.Retention is { } retention ? new EventRetention(_file, retention, time, log) : null;
    }

    /// <inheritdoc/>
    public async ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        var result = await PublishAsync([envelope], cancellationToken).ConfigureAwait(false);
        if (result.Error is { } error)
        {
            throw error;
        }
    }

    /// <inheritdoc/>
    /// <remarks>A batch is one transaction. Events that SQLite cannot store are rejected, and the others are stored.</remarks>
    public ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(envelopes);
        cancellationToken.ThrowIfCancellationRequested();
        if (envelopes.Count == 0)
        {
            return ValueTask.FromResult(BatchResult.Delivered);
        }

        var texts = Interlocked.Exchange(ref _texts, null) ?? new BatchTexts();
        try
        {
            texts.Write(envelopes);
            return ValueTask.FromResult(_file.Use(tables => tables.Insert(envelopes, texts, cancellationToken)));
        }
        finally
        {
            Interlocked.Exchange(ref _texts, texts)?.Dispose();
        }
    }

    /// <summary>Does nothing: a delivered event is in the file.</summary>
    /// <param name="cancellationToken">Not used.</param>
    /// <returns>A completed task.</returns>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    /// <summary>Writes 1 MiB to the file's write-ahead log and rolls it back, so that a full or read-only disk and a locked file are detected before events are lost. Degraded if expired events cannot be deleted.</summary>
    /// <param name="cancellationToken">Not used: the file answers within seconds.</param>
    /// <returns>The health of the file.</returns>
    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            _file.Probe();
            return ValueTask.FromResult(_retention?.DegradedReason is { } reason
                ? BackplaneHealth.Degraded(reason, Diagnostics())
                : BackplaneHealth.Healthy("The SQLite file can be written, and its disk has space for another 1 MiB of events.", Diagnostics()));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return ValueTask.FromResult(BackplaneHealth.Unhealthy(EventFileFault.Describe(exception).Message, Diagnostics()));
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _retention?.Dispose();
        _file.Dispose();
        Interlocked.Exchange(ref _texts, null)?.Dispose();
    }

    private Dictionary<string, object> Diagnostics()
    {
        var file = new FileInfo(_file.Path);
        return new Dictionary<string, object>
        {
            ["path"] = _file.Path,
            ["bytes"] = file.Exists ? file.Length : 0,
            ["deletedRows"] = _retention?.Deleted ?? 0,
        };
    }
}
