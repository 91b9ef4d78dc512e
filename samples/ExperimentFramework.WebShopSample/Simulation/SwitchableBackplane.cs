using ExperimentFramework.DataPlane;

namespace ExperimentFramework.WebShopSample;

/// <summary>A destination that can be stopped, as a broker or a database would stop. Replace it with your own.</summary>
internal sealed class SwitchableBackplane(SimulationSettings simulation) : IDataBackplane
{
    private long _received;

    public long Received => Interlocked.Read(ref _received);

    public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        if (simulation.IsDestinationStopped)
        {
            throw new IOException("The destination was stopped on the page of the simulation.");
        }

        Interlocked.Increment(ref _received);
        return ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(simulation.IsDestinationStopped ? BackplaneHealth.Unhealthy("Stopped on the page of the simulation.") : BackplaneHealth.Healthy());
}
