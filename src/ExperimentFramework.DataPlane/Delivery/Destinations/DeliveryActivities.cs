using System.Diagnostics;

namespace ExperimentFramework.DataPlane;

/// <summary>
/// The activities of the source <c>ExperimentFramework.DataPlane</c>: one for each attempt to deliver a batch. Without a listener there are none, and an attempt
/// costs nothing extra. Listeners run on the worker's thread, and their exceptions must not stop it.
/// </summary>
internal static class DeliveryActivities
{
    private const string Name = "deliver";

    private static readonly ActivitySource Source = new(DeliveryMetrics.MeterName);

    /// <summary>Starts the activity of an attempt; null if there is no listener.</summary>
    public static Activity? Start(string destination, int events)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        try
        {
            var activity = Source.StartActivity(Name, ActivityKind.Producer);
            activity?.SetTag("destination", destination);
            activity?.SetTag("batch.size", events);
            return activity;
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>Ends the activity of an attempt. Only the type of an error is recorded, because its message may quote personal data.</summary>
    public static void End(Activity? activity, in BatchAnswer answer)
    {
        if (activity is null)
        {
            return;
        }

        try
        {
            activity.SetTag("batch.delivered", answer.Statuses.Count(status => status == DeliveryStatus.Delivered));
            if (answer.Error is { } error)
            {
                activity.SetTag("error.type", error.GetType().FullName);
                activity.SetStatus(ActivityStatusCode.Error);
            }

            activity.Dispose();
        }
        catch (Exception)
        {
            // There is nowhere to report it: the listener is what failed. The activity is still current.
            Activity.Current = activity.Parent;
        }
    }
}
