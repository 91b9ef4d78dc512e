namespace ExperimentFramework.DataPlane.Benchmarks.ExposingHost;

/// <summary>A destination behind a queue that writes each event as a line of JSON.</summary>
internal sealed class StandardOutputBackplane : IDataBackplane
{
    public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default)
    {
        Console.WriteLine(DataPlaneJson.Serialize(envelope));
        return ValueTask.CompletedTask;
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(BackplaneHealth.Healthy());
}
