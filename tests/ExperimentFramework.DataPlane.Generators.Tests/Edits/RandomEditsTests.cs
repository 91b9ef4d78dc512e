using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Tests.Edits;

/// <summary>Whatever is edited in whatever order, proxies are the ones that a generator writes that sees the project for the first time.</summary>
public sealed class RandomEditsTests
{
    private const int Files = 12;
    private const int Edits = 60;

    private static readonly string[] Names = ["A", "B", "C", "D", "E", "F", "G", "H"];
    private static readonly string[] Spaces = ["", "One", "One.Two", "Two"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Proxies_are_those_of_a_new_run(int seed)
    {
        var random = new Random(seed);
        var project = ProxyCompiler.Compilation("").RemoveAllSyntaxTrees();
        project = project.AddSyntaxTrees(Enumerable.Range(0, Files).Select(_ => File(random)));

        // As in an editor. Where steps are tracked, the compiler itself mixes up outputs after one has been removed.
        var driver = ProxyCompiler.Driver(tracksSteps: false).RunGenerators(project);
        var changes = 0;
        for (var edit = 0; edit < Edits; edit++)
        {
            var before = Text(driver);
            project = Edited(project, random);
            driver = driver.RunGenerators(project);
            var now = Text(driver);

            var anew = Text(ProxyCompiler.Driver(tracksSteps: false).RunGenerators(project));
            Assert.True(anew == now, $"After edit {edit} of seed {seed} it says\n{now}\ninstead of\n{anew}\nof\n{string.Join("\n---\n", project.SyntaxTrees)}");
            changes += before == now ? 0 : 1;
        }

        Assert.InRange(changes, 1, Edits - 1);
    }

    private static CSharpCompilation Edited(CSharpCompilation project, Random random)
    {
        var file = project.SyntaxTrees[random.Next(project.SyntaxTrees.Length)];
        return random.Next(10) switch
        {
            0 => project.AddSyntaxTrees(File(random)),
            1 when project.SyntaxTrees.Length > Files / 2 => project.RemoveSyntaxTrees(file),
            2 => project.ReplaceSyntaxTree(file, Parsed(file + " // edited")),
            _ => project.ReplaceSyntaxTree(file, File(random)),
        };
    }

    private static SyntaxTree File(Random random)
    {
        var space = Pick(random, Spaces);
        var head = random.Next(12) switch
        {
            0 => $"global using {Pick(random, Names)} = {Qualified(random)};\n",
            1 => $"using {Pick(random, Names)} = {Qualified(random)};\n",
            2 => $"using static {Qualified(random)};\n",
            3 or 4 => "using One;\n",
            5 => "using One.Two;\n",
            _ => "",
        };
        var types = string.Join("\n", Enumerable.Range(0, random.Next(1, 3)).Select(_ => Type(random, depth: 0)));
        return Parsed($"{head}{(space.Length == 0 ? types : $"namespace {space} {{ {types} }}")}");
    }

    private static string Type(Random random, int depth)
    {
        var name = Pick(random, Names);
        return random.Next(9) switch
        {
            0 => $"public partial class {name} {(random.Next(2) == 0 ? $": {Qualified(random)}" : "")} {{ {Inner(random, depth)} }}",
            1 => $"public struct {name} {{ {Inner(random, depth)} }}",
            2 => $"public enum {name} {{ First, Second = {random.Next(3)} }}",
            3 => $"public static class {name} {{ public const string Name = \"{Pick(random, Names)}\"; {Inner(random, depth)} }}",
            4 => $"public sealed class {name}Attribute : System.Attribute {{ }}",
            5 => $"public partial interface {name} {(random.Next(2) == 0 ? $": {Qualified(random)}" : "")} {{ {Qualified(random)} Get{random.Next(2)}(); }}",
            6 => $"public delegate {Qualified(random)} {name}();",
            _ => $$"""
                [ExperimentFramework.DataPlane.ExposureLogged({{(random.Next(2) == 0 ? $"{Qualified(random)}.Name" : "\"name\"")}})]
                public partial interface I{{name}} {{(random.Next(3) == 0 ? $": {Qualified(random)}" : "")}}
                {
                    [{{Pick(random, Names)}}] {{Qualified(random)}} Give([ExperimentFramework.DataPlane.ExposureSubject] {{Qualified(random)}} subject, {{Qualified(random)}}? other);
                }
                """,
        };
    }

    private static string Inner(Random random, int depth) => depth < 2 && random.Next(2) == 0 ? Type(random, depth + 1) : "";

    private static string Qualified(Random random) => random.Next(5) switch
    {
        0 => $"{Pick(random, Names)}.{Pick(random, Names)}",
        1 => $"One.{Pick(random, Names)}",
        _ => Pick(random, Names),
    };

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    private static string Text(GeneratorDriver driver) => string.Join("\n", driver.GetRunResult().GeneratedTrees.OrderBy(tree => tree.FilePath, StringComparer.Ordinal).Select(tree => $"{tree.FilePath}\n{tree}"));

    private static SyntaxTree Parsed(string text) => CSharpSyntaxTree.ParseText(text, ProxyCompiler.Latest);
}
