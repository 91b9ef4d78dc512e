namespace ExperimentFramework.DataPlane;

/// <summary>A destination that is healthy and takes batches, which is all that the pipeline publishes.</summary>
internal abstract class BatchBackplane : AcceptingBackplane, IDataBackplane
{
    public sealed override ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The pipeline publishes batches.");

    public abstract ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default);
}
