using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace ExperimentFramework.DataPlane.Benchmarks.Assignment;

/// <summary>
/// What a call of a known subject costs under each policy, beside the variant called directly: repeats under OnFirstUse, one thread,
/// medians of the runs.
/// </summary>
internal static class AssignmentBenchmark
{
    private const int Calls = 2_000_000;
    private static readonly string[] Subjects = [.. Enumerable.Range(0, 1_000).Select(i => $"user-{i}")];

    public static int Run(int runs)
    {
        Console.WriteLine("| policy | ns per call | bytes per call |");
        Console.WriteLine("| --- | --- | --- |");
        Report("none: the variant called directly", runs, new ControlPolicyVariant());
        Report("BestEffort, without assignment events", runs, AssignmentPolicy.BestEffort, options => options.EnableAssignmentEvents = false);
        Report("BestEffort", runs, AssignmentPolicy.BestEffort);
        Report("SessionSticky, one scope", runs, AssignmentPolicy.SessionSticky);
        Report("SubjectSticky, subjects known to this process", runs, AssignmentPolicy.SubjectSticky);
        return 0;
    }

    private static void Report(string name, int runs, AssignmentPolicy policy, Action<DataPlaneOptions>? options = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<ControlPolicyVariant>().AddSingleton<OtherPolicyVariant>();
        services.AddDataBackplane(data =>
        {
            data.ExposureSemantics = ExposureSemantics.OnFirstUse;
            options?.Invoke(data);
        });
        services.AddInMemoryDataBackplane();
        services.AddInMemoryAssignmentStore();
        services.AddExperimentFramework(experiments => experiments.WithExposureLogging().Trial<IPolicyVariant>(trial => trial
            .AddControl<ControlPolicyVariant>().AddVariant<OtherPolicyVariant>("b").WithPolicy(policy)));
        using var provider = services.BuildServiceProvider();
        using var scope = provider.CreateScope();
        Report(name, runs, scope.ServiceProvider.GetRequiredService<IPolicyVariant>());
    }

    private static void Report(string name, int runs, IPolicyVariant variant)
    {
        // Twice over everything: every subject is known, and the code is compiled as it stays.
        Measure(variant);
        Measure(variant);
        var measured = Enumerable.Range(0, runs).Select(_ => Measure(variant)).OrderBy(run => run.Nanoseconds).ElementAt(runs / 2);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {measured.Nanoseconds:F1} | {measured.Bytes:F1} |"));
    }

    private static (double Nanoseconds, double Bytes) Measure(IPolicyVariant variant)
    {
        var bytes = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        for (var call = 0; call < Calls; call++)
        {
            variant.Number(Subjects[call % Subjects.Length]);
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        return (elapsed.TotalNanoseconds / Calls, (double)(GC.GetAllocatedBytesForCurrentThread() - bytes) / Calls);
    }
}

[ExposureLogged("policy")]
public interface IPolicyVariant
{
    int Number([ExposureSubject("user")] string user);
}

public sealed class ControlPolicyVariant : IPolicyVariant
{
    public int Number(string user) => user.Length;
}

public sealed class OtherPolicyVariant : IPolicyVariant
{
    public int Number(string user) => user.Length;
}
