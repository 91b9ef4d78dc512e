using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane.Parquet;

/// <summary>
/// Writes events to Parquet files, in a folder for each kind of event. An event is first appended to a journal of JSON lines, in the folder <c>journal</c>, and then counts as delivered; when the
/// journal file is finished, by size, by time and at the end, its events are converted, sorted by experiment and time, and the journal file is deleted. Parquet files are always complete, and
/// an interrupted conversion is repeated, by this process or the next one, without duplicating events. Several processes may use one folder.
/// </summary>
public sealed class ParquetDataBackplane : IDataBackplane, IAsyncDisposable, IDisposable
{
    private const string JournalFolderName = "journal";

    private readonly string _folder;
    private readonly ParquetDataBackplaneOptions _options;
    private readonly RecentRows _recent;
    private readonly EventJournal _journal;
    private readonly ITimer _rollTimer;
    private volatile bool _isRollDue;

    /// <summary>Initializes a destination. The folder is created when it is first written to, with access for the user of the process only.</summary>
    /// <param name="folder">The path of the folder.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="loggerFactory">Creates the logger for recovered files and failures in the background; null to log nothing.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null, empty, not a path, or the path of a file.</exception>
    /// <exception cref="OptionsValidationException">An option is out of its range; the message names the option, its value and the range.</exception>
    /// <exception cref="PlatformNotSupportedException">The native library of ParquetSharp cannot be loaded on this system; the message says what to use instead.</exception>
    public ParquetDataBackplane(string folder, ParquetDataBackplaneOptions? options = null, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
    {
        _folder = FileDataBackplane.Parse(folder, nameof(folder));
        _options = options ?? new ParquetDataBackplaneOptions();
        OptionFailures<ParquetDataBackplaneOptions>.Throw(new ParquetDataBackplaneOptionsValidator(), _options);
        NativeLibraryCheck.Require();
        var journal = new JournalFolder(Path.Combine(_folder, JournalFolderName));
        journal.RequireNoFile(nameof(folder));
        var time = NonThrowingTimeProvider.Of(timeProvider ?? TimeProvider.System);
        _recent = new RecentRows(_options.AttributeColumns.AsReadOnly());
        var logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger(DataPlaneLogCategories.Delivery);
        _journal = new EventJournal(
            new JournalSettings(journal, long.MaxValue, Timeout.InfiniteTimeSpan, _options.Durability),
            new JournalUpkeep(journal, new ParquetConverter(_folder, _options, _recent, logger), retention: null, time, logger),
            time);
        _rollTimer = time.CreateTimer(_ => RollByTime(), null, _options.RollInterval, _options.RollInterval);
    }

    /// <summary>Appends the event to the journal.</summary>
    /// <inheritdoc/>
    /// <exception cref="EventRejectedException">The event cannot be written as JSON, or has more than 16 MiB of it.</exception>
    /// <exception cref="IOException">The event could not be written now; the message says why and what to do.</exception>
    public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        try
        {
            ArgumentNullException.ThrowIfNull(envelope);
            return Publish([envelope], cancellationToken) is { Error: { } error } ? ValueTask.FromException(error) : ValueTask.CompletedTask;
        }
        catch (Exception exception)
        {
            return ValueTask.FromException(exception);
        }
    }

    /// <summary>Appends the events to the journal, with one write for about 500 of them.</summary>
    /// <inheritdoc/>
    public ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
    {
        try
        {
            return ValueTask.FromResult(Publish(envelopes, cancellationToken));
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<BatchResult>(exception);
        }
    }

    /// <summary>Waits until all events that were accepted are on the disk. They may still be in the journal.</summary>
    /// <inheritdoc/>
    public ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            _journal.Flush();
            return ValueTask.CompletedTask;
        }
        catch (Exception exception)
        {
            return ValueTask.FromException(exception);
        }
    }

    /// <summary>Checks whether the journal can be written to, by writing to its folder, and whether finished files are converted.</summary>
    /// <inheritdoc/>
    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(_journal.GetHealth());

    /// <summary>Finishes the journal file, and waits up to 10 seconds until it is converted. Remaining files are converted at the next start.</summary>
    /// <returns>A task that completes when the files are closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await _rollTimer.DisposeAsync().ConfigureAwait(false);
        Roll();
        await _journal.DisposeAsync().ConfigureAwait(false);
        _recent.Dispose();
    }

    /// <summary>Finishes the journal file. It is converted at the next start.</summary>
    public void Dispose()
    {
        _rollTimer.Dispose();
        _journal.Dispose();
        _recent.Dispose();
    }

    private BatchResult Publish(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken)
    {
        var result = Append(envelopes, cancellationToken);
        if (_isRollDue || _journal.Current?.Length >= _options.RollBytes)
        {
            Roll();
        }

        return result;
    }

    private BatchResult Append(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken)
    {
        if (!_recent.TryEnter())
        {
            return _journal.Publish(envelopes, cancellationToken);
        }

        try
        {
            var result = _journal.Publish(envelopes, cancellationToken);
            _recent.Add(envelopes, result);
            return result;
        }
        finally
        {
            _recent.Exit();
        }
    }

    private void RollByTime()
    {
        // A call in progress does this at its end, because it may be adding rows.
        _isRollDue = _journal.Current is not null;
        if (_isRollDue)
        {
            Roll();
        }
    }

    private void Roll()
    {
        if (!_recent.TryEnter())
        {
            return;
        }

        try
        {
            _recent.Seal(_journal.Current?.Name);
            _isRollDue = false;
            _journal.Roll();
        }
        finally
        {
            _recent.Exit();
        }
    }
}
