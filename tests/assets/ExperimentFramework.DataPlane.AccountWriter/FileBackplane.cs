namespace ExperimentFramework.DataPlane.AccountWriter;

/// <summary>What a destination does.</summary>
internal enum Fault
{
    /// <summary>It takes everything.</summary>
    Works,

    /// <summary>It fails at random, before it writes anything or after a part of the batch.</summary>
    Fails,

    /// <summary>It also rejects single events for good.</summary>
    Rejects,
}

/// <summary>Writes each event as a line of JSON, with faults. It never says that an event has failed that it wrote.</summary>
internal sealed class FileBackplane(string path, Fault fault, Random random) : IDataBackplane
{
    private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public ValueTask PublishAsync(DataPlaneEnvelope envelope, CancellationToken cancellationToken = default) => throw new InvalidOperationException("The pipeline publishes batches.");

    public ValueTask<BatchResult> PublishAsync(IReadOnlyList<DataPlaneEnvelope> envelopes, CancellationToken cancellationToken = default)
    {
        if (fault != Fault.Works && random.Next(5) == 0)
        {
            throw new IOException("down");
        }

        var isCut = fault != Fault.Works && random.Next(5) == 0;
        var statuses = new DeliveryStatus[envelopes.Count];
        for (var i = 0; i < statuses.Length; i++)
        {
            statuses[i] = isCut && random.Next(2) == 0 ? DeliveryStatus.TransientFailure
                : fault == Fault.Rejects && random.Next(20) == 0 && envelopes[i].EventType != DataPlaneEventType.Accounting ? DeliveryStatus.PermanentFailure
                : DeliveryStatus.Delivered;
            if (statuses[i] == DeliveryStatus.Delivered)
            {
                // One write for a line: a process that is killed leaves no half of one that counts.
                _file.Write([.. System.Text.Encoding.UTF8.GetBytes(DataPlaneJson.Serialize(envelopes[i])), (byte)'\n']);
            }
        }

        return ValueTask.FromResult(BatchResult.FromStatuses(statuses));
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public ValueTask<BackplaneHealth> HealthAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult(BackplaneHealth.Healthy());
}
