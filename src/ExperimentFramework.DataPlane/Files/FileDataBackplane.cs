using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// Writes events as lines of JSON to files in a folder. Several processes, even on several hosts, may use one folder: each writes its own files, whose names never
/// collide. A file is finished by size, by time and at the end, and then compressed. Event files can be read with <see cref="EventFiles"/>, and by anything that reads
/// lines of JSON.
/// </summary>
public sealed class FileDataBackplane : IDataBackplane, IAsyncDisposable, IDisposable
{
    private readonly EventJournal _journal;

    /// <summary>Initializes a destination. The folder is created when it is first written to, with access for the user of the process only.</summary>
    /// <param name="folder">The path of the folder.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="loggerFactory">Creates the logger for recovered and deleted files, and for failures in the background; null to log nothing.</param>
    /// <param name="timeProvider">The clock; null for the system's.</param>
    /// <exception cref="ArgumentException"><paramref name="folder"/> is null, empty, not a path, or the path of a file.</exception>
    /// <exception cref="OptionsValidationException">An option is out of its range; the message names the option, its value and the range.</exception>
    public FileDataBackplane(string folder, FileDataBackplaneOptions? options = null, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
    {
        var path = new JournalFolder(Parse(folder, nameof(folder)));
        path.RequireNoFile(nameof(folder));
        options ??= new FileDataBackplaneOptions();
        OptionFailures<FileDataBackplaneOptions>.Throw(new FileDataBackplaneOptionsValidator(), options);
        var time = NonThrowingTimeProvider.Of(timeProvider ?? TimeProvider.System);
        var logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger(DataPlaneLogCategories.Delivery);
        var retention = options.RetentionAge is null && options.RetentionBytes is null ? null : new FileRetention(options.RetentionAge, options.RetentionBytes, time);
        _journal = new EventJournal(
            new JournalSettings(path, options.RollBytes, options.RollInterval, options.Durability, options.Format),
            new JournalUpkeep(path, ConverterOf(options), retention, time, logger),
            time);
    }

    /// <summary>Appends the event to the current file.</summary>
    /// <inheritdoc/>
    /// <exception cref="EventRejectedException">The event cannot be written as JSON, or has more than 16 MiB of it.</exception>
    /// <exception cref="IOException">The event could not be written now; the message says why and what to do.</exception>
    public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        try
        {
            ArgumentNullException.ThrowIfNull(envelope);
            return _journal.Publish([envelope], cancellationToken) is { Error: { } error } ? ValueTask.FromException(error) : ValueTask.CompletedTask;
        }
        catch (Exception exception)
        {
            return ValueTask.FromException(exception);
        }
    }

    /// <summary>Appends the events to the current file, with one write for about 500 of them.</summary>
    /// <inheritdoc/>
    public ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
    {
        try
        {
            return ValueTask.FromResult(_journal.Publish(envelopes, cancellationToken));
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<BatchResult>(exception);
        }
    }

    /// <summary>Waits until all events that were accepted are on the disk, whatever <see cref="FileDataBackplaneOptions.Durability"/> is.</summary>
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

    /// <summary>Checks whether the folder can be written to, by writing to it.</summary>
    /// <inheritdoc/>
    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(_journal.GetHealth());

    /// <summary>Finishes the current file, and waits up to 10 seconds until it is compressed. Remaining work is done at the next start.</summary>
    /// <returns>A task that completes when the files are closed.</returns>
    public ValueTask DisposeAsync() => _journal.DisposeAsync();

    /// <summary>Finishes the current file. It is compressed at the next start.</summary>
    public void Dispose() => _journal.Dispose();

    /// <summary>Returns the full path of a folder.</summary>
    /// <exception cref="ArgumentException">It is not a path.</exception>
    internal static string Parse(string folder, string parameterName)
    {
        if (string.IsNullOrWhiteSpace(folder))
        {
            const string remedy = "Pass the path of the folder, for example \"data/events\". If it comes from the configuration, set its key there.";
            throw folder is null
                ? new ArgumentNullException(parameterName, $"The folder for events is null. {remedy}")
                : new ArgumentException($"The folder for events is empty. {remedy}", parameterName);
        }

        try
        {
            return Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"'{folder}' is not the path of a folder. Pass one such as \"data/events\".", parameterName, exception);
        }
    }

    private static IRolledFileConverter? ConverterOf(FileDataBackplaneOptions options) => options switch
    {
        { Layout: FileLayout.Partitioned } => new PartitionSplitter(options.Compression),
        { Compression: FileCompression.Gzip } => new GzipConverter(),
        _ => null,
    };
}
