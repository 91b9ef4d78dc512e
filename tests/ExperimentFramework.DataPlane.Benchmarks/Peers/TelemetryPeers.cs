using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;

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

/// <summary>An activity with five tags through OpenTelemetry's batch processor.</summary>
public sealed class ActivityCheckout : PeerCheckout, IDisposable
{
    /// <summary>A flush may miss that it is done, and would wait a second.</summary>
    private const int MostMilliseconds = 5;

    private readonly ActivitySource _source = new("checkout");
    private readonly TracerProvider _provider;
    private readonly BatchActivityExportProcessor _processor = new(new CountingExporter<Activity>());

    public ActivityCheckout() => _provider = Sdk.CreateTracerProviderBuilder().AddSource("checkout").AddProcessor(_processor).Build();

    public void Drain() => _processor.ForceFlush(MostMilliseconds);

    public void Dispose()
    {
        _provider.Dispose();
        _source.Dispose();
    }

    protected override void Tell(string user)
    {
        using var activity = _source.StartActivity("exposure");
        activity?.SetTag("experiment", "checkout")
            .SetTag("variant", "other")
            .SetTag("subject", user)
            .SetTag("reason", "fixed")
            .SetTag("policy", "best-effort");
    }
}

/// <summary>Counts what it is given.</summary>
internal sealed class CountingExporter<T> : BaseExporter<T>
    where T : class
{
    private long _exported;

    public long Exported => Volatile.Read(ref _exported);

    public override ExportResult Export(in Batch<T> batch)
    {
        Interlocked.Add(ref _exported, batch.Count);
        return ExportResult.Success;
    }
}
