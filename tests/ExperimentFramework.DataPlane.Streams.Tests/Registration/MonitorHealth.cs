using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace ExperimentFramework.DataPlane.Streams.Tests;

/// <summary>A monitor that is registered and has no engine, with its health.</summary>
internal sealed class MonitorHealth
{
    private readonly ServiceProvider _services;

    public MonitorHealth(IEnumerable<KeyValuePair<string, string?>> configuration)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration).Build());
        services.AddSingleton<TimeProvider>(Time);
        services.AddHealthChecks().AddExperimentMonitorStreams();
        _services = services.BuildServiceProvider();
        Monitor = _services.GetRequiredService<StreamsMonitor>();
    }

    public FakeTimeProvider Time { get; } = new();

    public StreamsMonitor Monitor { get; }

    /// <summary>Asks for the health.</summary>
    public async Task<HealthReportEntry> CheckAsync() =>
        (await _services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken)).Entries["experiment-monitor"];
}
