namespace ExperimentFramework.DataPlane;

/// <summary>A destination's answer to a batch, copied, because the list behind it is the destination's and may throw.</summary>
/// <param name="Statuses">What became of each event, in the batch's order.</param>
/// <param name="Error">What went wrong; null where nothing did or the destination does not say.</param>
internal readonly record struct BatchAnswer(DeliveryStatus[] Statuses, Exception? Error)
{
    /// <summary>The same answer for every event.</summary>
    public static BatchAnswer All(int count, DeliveryStatus status, Exception? error)
    {
        var statuses = new DeliveryStatus[count];
        Array.Fill(statuses, status);
        return new BatchAnswer(statuses, error);
    }

    /// <summary>Copies an answer. Throws what the destination's list throws.</summary>
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
