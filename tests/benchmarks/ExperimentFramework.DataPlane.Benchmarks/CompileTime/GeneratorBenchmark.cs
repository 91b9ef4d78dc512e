using System.Diagnostics;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Benchmarks.CompileTime;

/// <summary>
/// What a generator costs in an editor: the first run of a process, and the run after an edit in another file. Each generator has a
/// process of its own, so that none finds the compiler's code compiled already.
/// </summary>
internal static class GeneratorBenchmark
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Latest);

    private static readonly (string Name, Func<string[]> Sources, Func<string[]> Files)[] Cases =
    [
        ("this generator", () => [Workload.Source(isTagged: true)], () => GeneratorFiles.Own),
        ("this generator, with a trial for each interface", () => [Workload.Source(isTagged: true), Workload.Registrations()], () => GeneratorFiles.Own),
        ("this generator, each edit reaches all interfaces", () => [Workload.Source(isTagged: true) + "internal delegate Other Mentions();"], () => GeneratorFiles.Own),
        ("Mapperly 4.3.1", () => [PeerWorkload.Mappers(isMapped: true)], () => GeneratorFiles.Mapperly),
        ("Mediator 3.0.2", () => [PeerWorkload.Requests()], () => GeneratorFiles.Mediator),
    ];

    public static async Task<int> RunAsync(int runs)
    {
        Console.WriteLine($"{Workload.Interfaces} interfaces, mappers or modules of 10 members; a process for each row, median of {runs} edits in another file");
        Console.WriteLine();
        Console.WriteLine("| generator | first run of a process, ms | after the first edit, ms | after an edit, ms | output steps that ran again | generated files | lines | characters |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- |");
        for (var i = 0; i < Cases.Length; i++)
        {
            string[] arguments = ["generator", runs.ToString(CultureInfo.InvariantCulture), i.ToString(CultureInfo.InvariantCulture)];
            using var row = Process.Start("dotnet", ["exec", typeof(GeneratorBenchmark).Assembly.Location, .. arguments]);
            await row.WaitForExitAsync();
            if (row.ExitCode != 0)
            {
                return row.ExitCode;
            }
        }

        return 0;
    }

    /// <summary>Measures one row.</summary>
    public static int Run(int runs, int index)
    {
        var (name, sources, files) = Cases[index];
        var other = CSharpSyntaxTree.ParseText("class Other { }", Options, "Other.cs");
        var compilation = CSharpCompilation.Create(
            "Workload",
            [.. sources().Select((source, number) => CSharpSyntaxTree.ParseText(source, Options, $"Workload{number}.cs")), other],
            ReferenceFiles.All.Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

        // What the compiler does once in a process is not the generator's. After an edit the generator is the first to ask the new
        // compilation, as in an editor, so that what it makes the compiler find out counts as its own. An editor tracks no steps,
        // which costs by itself, so they are looked at in a driver of their own in the end.
        compilation.GetDiagnostics();
        var driver = Driver(files(), tracksSteps: false);
        var start = Stopwatch.GetTimestamp();
        driver = driver.RunGenerators(compilation);
        var first = Stopwatch.GetElapsedTime(start).TotalMilliseconds;

        var afterEdit = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            var edited = CSharpSyntaxTree.ParseText($"class Other {{ int edit{run}; }}", Options, "Other.cs");
            compilation = compilation.ReplaceSyntaxTree(other, edited);
            other = edited;
            start = Stopwatch.GetTimestamp();
            driver = driver.RunGenerators(compilation);
            afterEdit.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        var tracked = Driver(files(), tracksSteps: true).RunGenerators(compilation);
        compilation = compilation.ReplaceSyntaxTree(other, CSharpSyntaxTree.ParseText("class Other { int again; }", Options, "Other.cs"));
        var again = tracked.RunGenerators(compilation).GetRunResult().Results
            .SelectMany(result => result.TrackedOutputSteps)
            .SelectMany(step => step.Value)
            .SelectMany(step => step.Outputs)
            .Count(output => output.Reason != IncrementalStepRunReason.Cached);
        var generated = driver.GetRunResult().Results.SelectMany(result => result.GeneratedSources).Select(source => source.SourceText).ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {first:F0} | {afterEdit[0]:F1} | {afterEdit.Order().ElementAt(runs / 2):F1} | {again} | {generated.Count} | {generated.Sum(text => text.Lines.Count)} | {generated.Sum(text => text.Length)} |"));
        return generated.Count == 0 ? 1 : 0;
    }

    private static GeneratorDriver Driver(string[] files, bool tracksSteps) => CSharpGeneratorDriver.Create(
        GeneratorFiles.Load(files),
        parseOptions: Options,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, tracksSteps));
}
