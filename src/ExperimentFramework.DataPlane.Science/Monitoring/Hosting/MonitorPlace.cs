using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Where the experiments of an application are monitored: over the events of this process, or over the stream of all hosts. Not both.</summary>
/// <param name="Method">The method that was called.</param>
internal sealed record MonitorPlace(string Method)
{
    /// <summary>Claims the monitoring for a method, which may be called again.</summary>
    /// <exception cref="InvalidOperationException">Another method was called before.</exception>
    public static void Claim(IServiceCollection services, string method)
    {
        var other = services.Where(static descriptor => !descriptor.IsKeyedService).Select(static descriptor => descriptor.ImplementationInstance).OfType<MonitorPlace>().FirstOrDefault();
        if (other is null)
        {
            services.AddSingleton(new MonitorPlace(method));
        }
        else if (other.Method != method)
        {
            throw new InvalidOperationException(
                $"{other.Method} and {method} were both called. The monitor of a process counts the subjects of this host again that the stream of all hosts counts, and counters of several hosts must not be added: a subject that visits two of them is counted by both, so that healthy experiments look broken. "
                + "With Kafka, remove AddExperimentMonitor, and AddAnalysisPlan, which calls it, from the application that calls AddExperimentMonitorStreams. "
                + "Without Kafka, keep AddExperimentMonitor alone: set HostCount to the number of hosts, or monitor the merged events of all hosts in one place.");
        }
    }
}
