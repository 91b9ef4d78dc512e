namespace ExperimentFramework.DataPlane;

/// <summary>A destination that accepts everything and is healthy. Doubles override the call that their test is about.</summary>
internal abstract class AcceptingBackplane : IDataBackplane
{
    public virtual ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public virtual ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public virtual ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(BackplaneHealth.Healthy());
}
