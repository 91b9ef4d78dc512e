using ExperimentFramework.DataPlane.Generators.Incremental;
using ExperimentFramework.DataPlane.Generators.Model;
using ExperimentFramework.DataPlane.Generators.Parsing;
using ExperimentFramework.DataPlane.Generators.Shapes;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace ExperimentFramework.DataPlane.Generators.Tests.Incremental;

/// <summary>Whatever is edited in whatever order, what is remembered of an interface is what is read of it anew.</summary>
public sealed class RandomEditsTests
{
    private const int Files = 24;
    private const int Edits = 80;

    private static readonly string[] Names = [.. Enumerable.Range(0, 80).Select(number => $"N{number}")];
    private static readonly string[] Spaces = ["", "One", "One.Two", "Two"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void What_is_remembered_is_what_is_read(int seed)
    {
        var random = new Random(seed);
        var sources = Enumerable.Range(0, Files).Select(_ => Source.Of(random)).ToList();
        var project = ProxyCompiler.Compilation("").RemoveAllSyntaxTrees().AddSyntaxTrees(sources.Select(Parsed));
        var remembered = new ProxyModelCache(ChangeSet.Between);
        var (asked, kept, changed) = (0, 0, 0);
        var before = new Dictionary<string, ProxyModel?>();
        for (var edit = 0; edit < Edits; edit++)
        {
            foreach (var declaration in Tagged(project))
            {
                var now = Read(declaration, project);
                var isRead = false;
                var known = remembered.Get(declaration, project, () =>
                {
                    isRead = true;
                    return now;
                }, TestContext.Current.CancellationToken);

                Assert.True(Equals(now, known), $"Before edit {edit} of seed {seed} {declaration.Identifier} is remembered as\n{known}\ninstead of\n{now}\nin\n{string.Join("\n---\n", project.SyntaxTrees)}");
                asked++;
                kept += isRead ? 0 : 1;
                changed += before.TryGetValue(declaration.ToString(), out var last) && !Equals(last, now) ? 1 : 0;
                before[declaration.ToString()] = now;
            }

            project = Edited(project, sources, random);
        }

        // Enough of both, so that a rule that is missing shows.
        Assert.InRange(kept, asked / 10, asked * 19 / 20);
        Assert.InRange(changed, 3, asked);
    }

    private static IEnumerable<InterfaceDeclarationSyntax> Tagged(CSharpCompilation project) => project.SyntaxTrees
        .SelectMany(file => file.GetRoot().DescendantNodes().OfType<InterfaceDeclarationSyntax>())
        .Where(declaration => declaration.AttributeLists.Count > 0);

    /// <summary>The model of any interface, with what stands in its proxy's way: most random projects do not compile.</summary>
    private static ProxyModel? Read(InterfaceDeclarationSyntax declaration, CSharpCompilation project)
    {
        var definition = project.GetSemanticModel(declaration.SyntaxTree).GetDeclaredSymbol(declaration)!;
        var findings = ShapeClassifier.Classify(definition, project).Select(finding => $"{finding.Kind} {finding.Symbol.ToDisplayString()} {finding.Reason}");
        var proxy = InterfaceParser.Read(definition, new InterfaceSlots(definition, project), definition.GetAttributes()[0], project);
        return proxy with { Names = proxy.Names with { Documentation = string.Join("; ", findings) } };
    }

    private static CSharpCompilation Edited(CSharpCompilation project, List<Source> sources, Random random)
    {
        var place = random.Next(sources.Count);
        switch (random.Next(12))
        {
            case 0:
                sources.Add(Source.Of(random));
                return project.AddSyntaxTrees(Parsed(sources[^1]));
            case 1 when sources.Count > Files / 2:
                sources.RemoveAt(place);
                return project.RemoveSyntaxTrees(project.SyntaxTrees[place]);
            case 2:
                sources[place] = Source.Of(random);
                break;
            case 3:
                sources[place] = sources[place] with { Types = sources[place].Types + " // edited" };
                break;
            default:
                sources[place] = sources[place] with { Types = Source.TypesOf(random) };
                break;
        }

        return project.ReplaceSyntaxTree(project.SyntaxTrees[place], Parsed(sources[place]));
    }

    private static SyntaxTree Parsed(Source source) => CSharpSyntaxTree.ParseText(source.ToString(), ProxyCompiler.Latest);

    private sealed record Source(string Head, string Space, string Types)
    {
        public static Source Of(Random random) => new(HeadOf(random), Pick(random, Spaces), TypesOf(random));

        public static string TypesOf(Random random) => string.Join("\n", Enumerable.Range(0, random.Next(1, 3)).Select(_ => Type(random, depth: 0)));

        public override string ToString() => Head + (Space.Length == 0 ? Types : $"namespace {Space}\n{{\n{Types}\n}}");

        private static string HeadOf(Random random) => random.Next(100) switch
        {
            0 => $"global using {Pick(random, Names)} = {Qualified(random)};\n",
            < 8 => $"using {Pick(random, Names)} = {Qualified(random)};\n",
            < 13 => $"using static {Qualified(random)};\n",
            < 45 => "using One;\n",
            < 60 => "using One.Two;\n",
            _ => "",
        };

        private static string Type(Random random, int depth)
        {
            var name = Pick(random, Names);
            return random.Next(10) switch
            {
                0 => $"public partial class {name} {(random.Next(2) == 0 ? $": {Qualified(random)}" : "")} {{ {Inner(random, depth)} }}",
                1 => $"public struct {name} {(random.Next(2) == 0 ? ": System.IFormattable" : "")} {{ {Inner(random, depth)} }}",
                2 => $"public enum {name} {{ First, Second = {random.Next(3)} }}",
                3 or 4 => $"public static class {name} {{ public const string Name = \"{Pick(random, Names)}\"; {Inner(random, depth)} }}",
                5 => $"public sealed class {name}Attribute : System.Attribute {{ }}",
                6 => $"public partial interface {name} {(random.Next(2) == 0 ? $": {Qualified(random)}" : "")} {{ {Qualified(random)} Get{random.Next(2)}(); }}",
                7 => $"public delegate {Qualified(random)} {name}();",
                _ => $$"""
                    [ExperimentFramework.DataPlane.ExposureLogged({{(random.Next(2) == 0 ? $"{Qualified(random)}.Name" : "\"name\"")}})]
                    public partial interface I{{name}} {{(random.Next(3) == 0 ? $": {Qualified(random)}" : "")}}
                    {
                        [{{Pick(random, Names)}}] {{Qualified(random)}} Give([ExperimentFramework.DataPlane.ExposureSubject] {{Qualified(random)}} subject, ({{Qualified(random)}}?, int) other);
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
    }
}
