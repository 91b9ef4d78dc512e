namespace ExperimentFramework.DataPlane.Generators.Tests.Snapshots;

/// <summary>What users get, for a reviewer to read.</summary>
public sealed class ProxySnapshots
{
    [Fact]
    public void Lean_members() => Verify("""
        [ExposureLogged("checkout-pricing", Semantics = ExposureSemantics.OnFirstUse, SamplingRate = 0.25)]
        public interface IPricing
        {
            ValueTask<decimal> QuoteAsync([ExposureSubject("user")] string userId, [ExposureAttribute("country")] string country, CancellationToken token);

            decimal Price([ExposureTenant] Guid tenant, [ExposureSubject] int customer);

            void Refresh();

            [NotExposed]
            Task WarmUpAsync(CancellationToken token);
        }
        """);

    [Fact]
    public void Personal_attributes() => Verify("""
        namespace Shop
        {
            [ExposureLogged]
            public interface IAccounts
            {
                void Open(
                    [ExposureSubject] string user,
                    [ExposureAttribute("email", Personal = true)] string email,
                    [ExposureAttribute(Personal = false)] string phone,
                    [ExposureAttribute, Private] string street,
                    [ExposureAttribute, Microsoft.Extensions.Compliance.Classification.NoDataClassification] string plan,
                    [ExposureAttribute("reviewed", Personal = false), Private] string reviewed,
                    [Private] string notCaptured);

                void Close([ExposureSubject] string user, [ExposureAttribute("email", Personal = true)] string email);
            }

            public sealed class PrivateAttribute : Microsoft.Extensions.Compliance.Classification.DataClassificationAttribute;
        }

        namespace Microsoft.Extensions.Compliance.Classification
        {
            public class DataClassificationAttribute : Attribute;

            public sealed class NoDataClassificationAttribute : DataClassificationAttribute;
        }
        """, isGlobal: true);

    [Fact]
    public void Fallback() => Verify("""
        [ExposureLogged(FallbackToControl = true)]
        public interface IPricing
        {
            decimal Price([ExposureSubject] string user);

            Task<decimal> PriceAsync([ExposureSubject] string user, CancellationToken token);

            IAsyncEnumerable<decimal> Prices([ExposureSubject] string user);

            bool TryPrice([ExposureSubject] string user, out decimal price);
        }
        """);

    [Fact]
    public void Outcomes() => Verify("""
        [ExposureLogged(RecordOutcomes = true)]
        public interface IPricing
        {
            decimal Price([ExposureSubject] string user);

            void Refresh();

            ValueTask<decimal> PriceAsync([ExposureSubject] string user);

            IAsyncEnumerable<decimal> Prices([ExposureSubject] string user);
        }
        """);

    [Fact]
    public void Awaited_assignment() => Verify("""
        [ExposureLogged(AwaitAssignment = true)]
        public interface IPricing
        {
            decimal Price([ExposureSubject] string user);

            ValueTask<decimal> PriceAsync([ExposureSubject("user")] string user, CancellationToken token);

            Task RefreshAsync();

            IAsyncEnumerable<TItem> Items<TItem>([ExposureTenant] Guid tenant, [ExposureSubject] string state)
                where TItem : class;

            [NotExposed]
            Task WarmUpAsync(in int degrees);
        }
        """);

    [Fact]
    public void Awaited_assignment_and_outcomes() => Verify("""
        [ExposureLogged(AwaitAssignment = true, RecordOutcomes = true, FallbackToControl = true)]
        public interface IPricing
        {
            Task<decimal> PriceAsync([ExposureSubject] string user);
        }
        """);

    [Fact]
    public void Properties_and_events() => Verify("""
        [ExposureLogged]
        public interface ICatalog
        {
            event EventHandler? Changed;

            string Currency { get; set; }

            int this[string article, int size] { get; }

            [Exposed]
            string Title { get; }

            string Region { get; init; }

            ref int Counter { get; }
        }
        """);

    [Fact]
    public void Generic_interface() => Verify("""
        #pragma warning disable CS0693 // The method's TKey hides the interface's.
        [ExposureLogged]
        public interface IRepository<TKey, TItem>
            where TKey : notnull
            where TItem : class, IDisposable, new()
        {
            TItem? Find([ExposureSubject] TKey key);

            IReadOnlyList<TOther> Convert<TOther, TKey>(TKey key, Func<TItem, TOther> convert)
                where TOther : struct;
        }

        public sealed class Order : IDisposable
        {
            public void Dispose() { }

            public static void Register() => ExperimentFrameworkBuilder.Create().Trial<IRepository<Guid, Order>>(trial => { });
        }
        """);

    [Fact]
    public void Inherited_members() => Verify("""
        public interface IRoot
        {
            string Name();

            int Count => 1;
        }

        [ExposureLogged]
        public interface ILeaf : IRoot, IAsyncDisposable
        {
            new string Name();
        }
        """);

    [Fact]
    public void Parameters() => Verify("""
        [ExposureLogged]
        public interface IParameters
        {
            void Take(in int limit, ref readonly long size, ref string text, out bool isFull, params ReadOnlySpan<int> items);

            Span<int> Slice(scoped ReadOnlySpan<char> name, Span<int> buffer);

            ref readonly int Place([UnscopedRef] ref int value);

            void Keywords(int @class, string @event);
        }
        """);

    [Fact]
    public void Attributes() => Verify("""
        [ExposureLogged]
        public interface IAttributes
        {
            [Obsolete("use Find")]
            bool TryGet(string key, [NotNullWhen(true)] out string? value);

            [RequiresUnreferencedCode("reflects")]
            [return: MaybeNull]
            T Create<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>();
        }
        """);

    [Fact]
    public void Private_nested() => Verify("""
        public partial class Checkout
        {
            private partial class Steps
            {
                [ExposureLogged("payment")]
                private interface IPayment
                {
                    void Pay([ExposureSubject] string user);
                }
            }
        }
        """);

    [Fact]
    public void Nested_in_generic() => Verify("""
        public static class Shop<TCurrency>
            where TCurrency : struct
        {
            [ExposureLogged]
            public interface IPricing<TItem>
            {
                TCurrency Price([ExposureSubject] string user, TItem item);
            }
        }
        """);

    [Fact]
    public void Global_namespace_and_keywords() => Verify("""
        [ExposureLogged("quote\"s and \\ slashes")]
        internal interface @lock
        {
            void @await();
        }
        """, isGlobal: true);

    private static void Verify(string source, bool isGlobal = false, [System.Runtime.CompilerServices.CallerMemberName] string method = "")
    {
        var code = """
            using System;
            using System.Collections.Generic;
            using System.Diagnostics.CodeAnalysis;
            using System.Threading;
            using System.Threading.Tasks;
            using ExperimentFramework.DataPlane;

            """ + (isGlobal ? "" : "namespace Shop;\n\n") + source;
        ProxyCompiler.CompileCleanly(code);
        Snapshot.Verify(ProxyCompiler.Driver().RunGenerators(ProxyCompiler.Compilation(code)), method: method);
    }
}
