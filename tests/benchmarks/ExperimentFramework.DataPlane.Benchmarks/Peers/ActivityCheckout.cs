using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace ExperimentFramework.DataPlane.Benchmarks.Peers;

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

    protected override void Record(string user)
    {
        using var activity = _source.StartActivity("exposure");
        activity?.SetTag("experiment", "checkout")
            .SetTag("variant", "other")
            .SetTag("subject", user)
            .SetTag("reason", "fixed")
            .SetTag("policy", "best-effort");
    }
}
