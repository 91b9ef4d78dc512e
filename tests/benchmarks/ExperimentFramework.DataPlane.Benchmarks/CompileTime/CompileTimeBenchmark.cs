using System.Globalization;

namespace ExperimentFramework.DataPlane.Benchmarks.CompileTime;

/// <summary>
/// What the compiler spends on proxies, taken in turn: without any, with hand-written lean ones, and with the generator's; and on what
/// other generators write for a project of the same size. Once as whole compiler processes, once in a compiler server that is warm,
/// as builds have it.
/// </summary>
internal static class CompileTimeBenchmark
{
    public static async Task<int> RunAsync(int runs)
    {
        var folder = Directory.CreateTempSubdirectory("compile-time").FullName;
        try
        {
            var plain = await CompilerProject.CreateAsync(folder, "without proxies", Workload.Source(isTagged: false));
            var unmapped = await CompilerProject.CreateAsync(folder, "without mappers", PeerWorkload.Mappers(isMapped: false));
            var requests = await CompilerProject.CreateAsync(folder, "requests without Mediator", PeerWorkload.Requests());
            var handWritten = await CompilerProject.CreateAsync(folder, "hand-written lean proxies", Workload.Source(isTagged: false, hasHandWrittenProxies: true));
            List<(CompilerProject Project, CompilerProject Without)> projects =
            [
                (plain, plain),
                (handWritten, plain),
                (await CompilerProject.CreateAsync(folder, "generated", Workload.Source(isTagged: true), GeneratorFiles.Own), plain),
                (await CompilerProject.CreateAsync(folder, "generated, with analyzers", Workload.Source(isTagged: true), GeneratorFiles.OwnWithAnalyzers), plain),
                (await CompilerProject.CreateAsync(folder, "generated, FallbackToControl", Workload.Source(isTagged: true, fallsBack: true), GeneratorFiles.Own), plain),
                (unmapped, unmapped),
                (await CompilerProject.CreateAsync(folder, "Mapperly 4.3.1", PeerWorkload.Mappers(isMapped: true), GeneratorFiles.Mapperly), unmapped),
                (requests, requests),
                (await CompilerProject.CreateAsync(folder, "Mediator 3.0.2", PeerWorkload.Requests(), GeneratorFiles.Mediator), requests),
            ];

            using var server = await CompilerServer.StartAsync();
            foreach (var (project, _) in projects)
            {
                // The first runs warm the disk's cache and the server, and leave the generated files, to be counted.
                await project.WriteGeneratedFilesAsync();
                await project.CompileAsync(server.Options);
                await Console.Error.WriteLineAsync($"ready: {project.Name}");
            }

            for (var run = 0; run < runs; run++)
            {
                foreach (var (project, _) in projects)
                {
                    project.Seconds.Add(await project.CompileAsync());
                }
            }

            for (var run = 0; run < runs; run++)
            {
                foreach (var (project, _) in projects)
                {
                    project.ServerSeconds.Add(await project.CompileAsync(server.Options));
                }
            }

            Report(projects, handWritten, plain, runs);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Report(List<(CompilerProject Project, CompilerProject Without)> projects, CompilerProject handWritten, CompilerProject plain, int runs)
    {
        var leanest = Median(handWritten.Seconds) - Median(plain.Seconds);
        Console.WriteLine($"{Workload.Interfaces} interfaces, mappers or modules of 10 members; {runs} runs each, medians");
        Console.WriteLine();
        Console.WriteLine("| project | compiler process, s | added, s | added over hand-written | in a warm server, s | added, s | generated lines |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var (project, without) in projects)
        {
            var added = Median(project.Seconds) - Median(without.Seconds);
            var addedInServer = Median(project.ServerSeconds) - Median(without.ServerSeconds);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {project.Name} | {Median(project.Seconds):F2} | {added:F2} | {added / leanest:F2} | {Median(project.ServerSeconds):F2} | {addedInServer:F2} | {project.GeneratedLines} |"));
        }
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
