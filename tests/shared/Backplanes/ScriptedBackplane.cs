namespace ExperimentFramework.DataPlane;

/// <summary>A destination that answers batches as its script says.</summary>
internal sealed class ScriptedBackplane(Func<IReadOnlyList<DataPlaneEnvelope>, CancellationToken, ValueTask<BatchResult>> answer) : BatchBackplane
{
    public ScriptedBackplane(Func<IReadOnlyList<DataPlaneEnvelope>, BatchResult> answer)
        : this((envelopes, _) => ValueTask.FromResult(answer(envelopes)))
    {
    }

    /// <summary>What it answers when asked for its health.</summary>
    public BackplaneHealth? Health { get; init; } = BackplaneHealth.Healthy();

    public override ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default) =>
        answer(envelopes, cancellationToken);

    public override ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(Health!);
}
