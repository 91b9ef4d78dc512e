using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Science;

/// <summary>Where the experiments of an application are monitored: on the events of this process, or on the stream of all hosts, but not both.</summary>
/// <param name="Method">The method that was called.</param>
internal sealed record MonitoringMode(string Method)
{
    /// <summary>Records the method that sets up monitoring. The same method may be called again.</summary>
    /// <exception cref="InvalidOperationException">Another method has already been called.</exception>
    public static void Claim(IServiceCollection services, string method)
    {
        var other = services.Where(static descriptor => !descriptor.IsKeyedService).Select(static descriptor => descriptor.ImplementationInstance).OfType<MonitoringMode>().FirstOrDefault();
        if (other is null)
        {
            services.AddSingleton(new MonitoringMode(method));
        }
        else if (other.Method != method)
        {
            throw new InvalidOperationException(
                $"{other.Method} and {method} were both called. The monitor of a process counts subjects that the stream of all hosts counts as well, and the counts of several hosts must not be added: a subject that visits two hosts is counted twice, which makes healthy experiments look broken. "
                + "With Kafka, remove AddExperimentMonitor and AddAnalysisPlan (which calls it) from the application that calls AddExperimentMonitorStreams. "
                + "Without Kafka, call only AddExperimentMonitor, and set HostCount to the number of hosts or monitor the merged events of all hosts in one place.");
        }
    }
}
