namespace ExperimentFramework.DataPlane;

/// <summary>A copy of a destination's answer to a batch; the original list belongs to the destination and may throw.</summary>
/// <param name="Statuses">The status of each event, in the order of the batch.</param>
/// <param name="Error">The error; null if there was none or the destination does not provide it.</param>
internal readonly record struct BatchAnswer(DeliveryStatus[] Statuses, Exception? Error)
{
    /// <summary>Creates an answer with the same status for every event.</summary>
    public static BatchAnswer All(int count, DeliveryStatus status, Exception? error)
    {
        var statuses = new DeliveryStatus[count];
        Array.Fill(statuses, status);
        return new BatchAnswer(statuses, error);
    }

    /// <summary>Copies an answer. Exceptions of the destination's list are passed on.</summary>
    public static BatchAnswer Copy(int count, BatchResult? result)
    {
        if (result is null)
        {
            return All(count, DeliveryStatus.Delivered, null);
        }

        var statuses = new DeliveryStatus[count];
        for (var i = 0; i < count; i++)
        {
            statuses[i] = result[i] is var status and (DeliveryStatus.Delivered or DeliveryStatus.PermanentFailure) ? status : DeliveryStatus.TransientFailure;
        }

        return new BatchAnswer(statuses, result.Error);
    }
}
