using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace ExperimentFramework.DataPlane.Tests.Files;

/// <summary>A folder that destinations of a test write to, and what is in it.</summary>
internal sealed class EventFolder : IDisposable
{
    private const string LockFile = ".dataplane.lock";

    private readonly TemporaryFolder _folder = new();

    public string Path => _folder.File("events");

    public FakeLogCollector Logs { get; } = new();

    /// <summary>The files in the folder and below it, relative to it, without that of the lock.</summary>
    public IReadOnlyList<string> Files =>
        !Directory.Exists(Path) ? [] : [.. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
            .Select(file => System.IO.Path.GetRelativePath(Path, file).Replace('\\', '/')).Where(file => file != LockFile).Order(StringComparer.Ordinal)];

    public FileDataBackplane Open(FileDataBackplaneOptions? options = null, TimeProvider? time = null) => new(Path, options ?? Uncompressed(), new Loggers(Logs), time);

    public static FileDataBackplaneOptions Uncompressed() => new() { Compression = FileCompression.None };

    public string Full(string file) => System.IO.Path.Combine(Path, file);

    public string Text(string file) => File.ReadAllText(Full(file));

    /// <summary>All events that a reader finds.</summary>
    public async Task<List<DataPlaneEnvelope>> ReadAsync()
    {
        var events = new List<DataPlaneEnvelope>();
        await foreach (var stored in EventFiles.ReadAsync(Path, cancellationToken: TestContext.Current.CancellationToken))
        {
            events.Add(stored.Envelope);
        }

        return events;
    }

    /// <summary>The numbers of all events that a reader finds.</summary>
    public async Task<List<int>> ReadNumbersAsync() => [.. (await ReadAsync()).Select(NumberOf)];

    /// <summary>Events that carry their number as their subject.</summary>
    public static DataPlaneEnvelope[] Events(int first, int count, string experiment = "exp", DateTimeOffset? time = null) => [.. Enumerable.Range(first, count).Select(number => new DataPlaneEnvelope
    {
        EventId = new Guid(number, 0, 0x7000, 0x80, 0, 0, 0, 0, 0, 0, 0),
        Timestamp = time ?? DateTimeOffset.UnixEpoch.AddDays(20_000),
        EventType = DataPlaneEventType.Exposure,
        SchemaVersion = "1.1.0",
        Payload = new ExposureEvent
        {
            ExperimentName = experiment,
            Timestamp = time ?? DateTimeOffset.UnixEpoch.AddDays(20_000),
            VariantKey = "b",
            SubjectId = number.ToString(CultureInfo.InvariantCulture),
            SelectionReason = "test",
        },
    })];

    public static int NumberOf(DataPlaneEnvelope envelope) => int.Parse(((ExposureEvent)envelope.Payload).SubjectId!, CultureInfo.InvariantCulture);

    public static DeliveryStatus[] Statuses(BatchResult result, int count) => [.. Enumerable.Range(0, count).Select(index => result[index])];

    public void Dispose() => _folder.Dispose();

    private sealed class Loggers(FakeLogCollector logs) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => new FakeLogger(logs, categoryName);

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
