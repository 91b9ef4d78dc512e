using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

/// <summary>OpenTelemetry's batch log processor, with an exporter that does nothing but count.</summary>
public sealed class LogPipeline : IDisposable
{
    /// <summary>A flush may miss that it is done, and would wait a second.</summary>
    private const int MostMilliseconds = 5;

    private readonly CountingExporter<LogRecord> _exporter = new();
    private readonly ILoggerFactory _factory;
    private readonly BatchLogRecordExportProcessor _processor;

    public LogPipeline()
    {
        _processor = new BatchLogRecordExportProcessor(_exporter);
        _factory = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options => options.AddProcessor(_processor)));
        Logger = _factory.CreateLogger<LogPipeline>();
    }

    public ILogger Logger { get; }

    public long Exported => _exporter.Exported;

    /// <summary>Waits however long it takes.</summary>
    public void Complete() => _processor.ForceFlush();

    public void Drain() => _processor.ForceFlush(MostMilliseconds);

    public void Dispose() => _factory.Dispose();
}
