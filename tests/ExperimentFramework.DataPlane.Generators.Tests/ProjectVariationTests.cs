using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ExperimentFramework.DataPlane.Generators.Tests;

/// <summary>Generated code raises nothing, however the project is set up.</summary>
public sealed class ProjectVariationTests
{
    private const string Source = """
        using ExperimentFramework.DataPlane;

        namespace @class.Shop
        {
            public class Money { }

            [ExposureLogged("pricing", Semantics = ExposureSemantics.OnFirstUse, SamplingRate = 0.25, FallbackToControl = true, RecordOutcomes = true)]
            public interface IPricing<T> : System.IDisposable
                where T : class, new()
            {
                event System.EventHandler Changed;

                T Default { get; set; }

                string this[int row, string column] { get; }

                Money Price([ExposureSubject("user")] string user, [ExposureTenant] System.Guid? tenant, [ExposureAttribute] int amount);

                System.Threading.Tasks.Task<TItem> LoadAsync<TItem>([ExposureSubject] string user, System.Threading.CancellationToken token = default(System.Threading.CancellationToken))
                    where TItem : class, System.Collections.Generic.IEnumerable<T>, new();

                System.Threading.Tasks.ValueTask SaveAsync([ExposureSubject] string user, params T[] items);

                System.Collections.Generic.IAsyncEnumerable<T> Items([ExposureSubject] string user, System.Threading.CancellationToken token);

                void Fill([ExposureSubject] string user, ref T item, out int count, in int limit);
            }

            public static class Setup
            {
                public static void Run() { ExperimentFrameworkBuilder.Create().Trial<IPricing<Money>>(trial => { }); }
            }
        }

        [ExposureLogged]
        public interface IGlobal
        {
            void Run();
        }
        """;

    public static TheoryData<LanguageVersion, NullableContextOptions> Projects => new()
    {
        { LanguageVersion.Default, NullableContextOptions.Enable },
        { LanguageVersion.Default, NullableContextOptions.Disable },
        { LanguageVersion.Latest, NullableContextOptions.Disable },
        { LanguageVersion.Preview, NullableContextOptions.Enable },
        { LanguageVersion.CSharp12, NullableContextOptions.Disable },
        { LanguageVersion.CSharp12, NullableContextOptions.Warnings },
    };

    [Theory]
    [MemberData(nameof(Projects))]
    public void It_compiles_without_a_remark(LanguageVersion version, NullableContextOptions nullable)
    {
        var compilation = ProxyCompiler.CompileCleanly(ProxyCompiler.Compilation(Source, parseOptions: ProxyCompiler.Latest.WithLanguageVersion(version), nullable: nullable));

        Assert.Equal(4, compilation.SyntaxTrees.Count() - 1);
    }

    [Fact]
    public void A_project_that_knows_only_the_attributes_gets_no_proxy_and_no_error()
    {
        var project = ProxyCompiler.Compilation("[ExperimentFramework.DataPlane.ExposureLogged] public interface IPlain { void Run(); }");
        var withoutRuntime = project.RemoveReferences(project.References.Single(reference =>
            Path.GetFileName(reference.Display) == "ExperimentFramework.DataPlane.dll"));

        Assert.Single(ProxyCompiler.CompileCleanly(withoutRuntime).SyntaxTrees);
    }

    [Fact]
    public void Unsafe_code_is_written_only_where_the_project_allows_it()
    {
        const string pointers = "[ExperimentFramework.DataPlane.ExposureLogged] public interface IFilling : INative; public unsafe interface INative { void Fill(int* place); }";

        ProxyCompiler.Driver().RunGeneratorsAndUpdateCompilation(ProxyCompiler.Compilation(pointers), out var without, out _);
        Assert.Single(without.SyntaxTrees);
        Assert.Equal(2, ProxyCompiler.CompileCleanly(ProxyCompiler.Compilation(pointers, allowUnsafe: true)).SyntaxTrees.Count());
    }
}
