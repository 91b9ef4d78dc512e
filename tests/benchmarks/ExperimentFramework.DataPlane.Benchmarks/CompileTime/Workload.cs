using System.Text;

namespace ExperimentFramework.DataPlane.Benchmarks.CompileTime;

/// <summary>A project of 200 interfaces with 10 members each, tagged or with the leanest proxies a person would write.</summary>
internal static class Workload
{
    public const int Interfaces = 200;

    private const int MembersOfEachKind = 2;

    public static string Source(bool isTagged, bool fallsBack = false, bool hasHandWrittenProxies = false)
    {
        var source = new StringBuilder("""
            using System;
            using System.Collections.Generic;
            using System.Threading;
            using System.Threading.Tasks;
            using ExperimentFramework.DataPlane;

            """);
        for (var i = 0; i < Interfaces; i++)
        {
            source.Append(isTagged ? $"[ExposureLogged(\"experiment-{i}\"{(fallsBack ? ", FallbackToControl = true" : "")})]\n" : "");
            source.Append($"public interface IService{i}\n{{\n");
            foreach (var (declaration, _) in Members(isTagged))
            {
                source.Append($"    {declaration};\n");
            }

            source.Append("}\n\n");
            if (hasHandWrittenProxies)
            {
                AppendProxy(source, i);
            }
        }

        return source.ToString();
    }

    /// <summary>A variant and a trial for each interface, as an application has them beside its contracts.</summary>
    public static string Registrations()
    {
        var source = new StringBuilder("""
            using System;
            using System.Collections.Generic;
            using System.Threading;
            using System.Threading.Tasks;
            using ExperimentFramework.DataPlane;

            public static class Registrations
            {
                public static ExperimentFrameworkBuilder Add(ExperimentFrameworkBuilder experiments)
                {

            """);
        for (var i = 0; i < Interfaces; i++)
        {
            source.Append($"        experiments.Trial<IService{i}>(trial => trial.AddControl<Service{i}>().AddVariant<Service{i}>(\"new\", weight: 2).UsingSubjectHash());\n");
        }

        source.Append("        return experiments;\n    }\n}\n\n");
        for (var i = 0; i < Interfaces; i++)
        {
            source.Append($"internal sealed class Service{i} : IService{i}\n{{\n");
            foreach (var (declaration, _) in Members(isTagged: false))
            {
                source.Append($"    public {declaration} => throw new NotSupportedException();\n");
            }

            source.Append("}\n\n");
        }

        return source.ToString();
    }

    private static void AppendProxy(StringBuilder source, int i)
    {
        source.Append($"internal sealed class Service{i}Proxy : IService{i}\n{{\n");
        source.Append($"    private readonly Func<string, IService{i}> serve;\n\n");
        source.Append($"    public Service{i}Proxy(Func<string, IService{i}> serve) => this.serve = serve;\n\n");
        foreach (var (declaration, call) in Members(isTagged: false))
        {
            source.Append($"    public {declaration} => this.serve(user).{call};\n");
        }

        source.Append("}\n\n");
    }

    private static IEnumerable<(string Declaration, string Call)> Members(bool isTagged)
    {
        var subject = isTagged ? "[ExposureSubject] string user" : "string user";
        for (var i = 0; i < MembersOfEachKind; i++)
        {
            yield return ($"int Count{i}({subject}, int number)", $"Count{i}(user, number)");
            yield return ($"void Do{i}({subject}, List<string> names, decimal amount)", $"Do{i}(user, names, amount)");
            yield return ($"Task<string> LoadAsync{i}({subject}, CancellationToken cancellationToken)", $"LoadAsync{i}(user, cancellationToken)");
            yield return ($"ValueTask SaveAsync{i}({subject}, Guid id, CancellationToken cancellationToken)", $"SaveAsync{i}(user, id, cancellationToken)");
            yield return ($"IAsyncEnumerable<int> Stream{i}({subject}, int from)", $"Stream{i}(user, from)");
        }
    }
}
