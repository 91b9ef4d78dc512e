using ExperimentFramework.DataPlane.Generators.Model;

namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>
/// Prints members whose result the proxy has to see: a loop that calls control where the assigned variant throws, behind a
/// synchronous shell so that what the variant does synchronously stays synchronous.
/// </summary>
internal static class AfterCallEmitter
{
    public static void Emit(MethodModel method, AfterCallModel after, string service, SourceWriter writer)
    {
        switch (after.Kind)
        {
            case AfterCallKind.Stream:
                writer.Line($"{method.Signature} =>");
                writer.Indented($"{method.Entry}.Stream({after.InnerLocal} => {MemberEmitter.Through(method.Cast, after.InnerLocal)}{method.Call}{after.CancellationToken});");
                break;
            case AfterCallKind.Synchronous:
                EmitSynchronous(method, after, writer);
                break;
            case AfterCallKind.Awaitable:
                EmitAwaitable(method, after, service, writer);
                break;
        }
    }

    private static void EmitSynchronous(MethodModel method, AfterCallModel after, SourceWriter writer)
    {
        OpenLoop(method, after, writer);
        writer.Line($"{(after.ReturnsValue ? $"var {after.TaskLocal} = " : "")}{Served(method, after)};");
        writer.Line($"{after.CallLocal}.Completed();");
        writer.Line(after.ReturnsValue ? $"return {after.TaskLocal};" : "return;");
        CloseLoop(after, writer);
    }

    private static void EmitAwaitable(MethodModel method, AfterCallModel after, string service, SourceWriter writer)
    {
        OpenLoop(method, after, writer);
        writer.Line($"var {after.TaskLocal} = {Served(method, after)};");
        writer.Line($"return {after.CallLocal}.MayFallBack ? {after.HelperName}{after.HelperTypeParameters}({after.CallLocal}, {after.TaskLocal}{after.HelperArguments}) : {after.TaskLocal};");
        CloseLoop(after, writer);

        writer.Line();
        writer.Open(
            $"private static async {after.HelperReturnType} {after.HelperName}{after.HelperTypeParameters}("
            + $"global::ExperimentFramework.DataPlane.ServedCall<{service}> {after.CallLocal}, "
            + $"{after.HelperReturnType} {after.TaskLocal}{after.HelperParameters}){after.HelperConstraints}");
        writer.Open("try");
        if (after.ReturnsValue)
        {
            writer.Line($"var {after.InnerLocal} = await {after.TaskLocal}.ConfigureAwait(false);");
            writer.Line($"{after.CallLocal}.Completed();");
            writer.Line($"return {after.InnerLocal};");
        }
        else
        {
            writer.Line($"await {after.TaskLocal}.ConfigureAwait(false);");
            writer.Line($"{after.CallLocal}.Completed();");
            writer.Line("return;");
        }

        CloseTry(after, writer);
        writer.Line();
        writer.Line($"{(after.ReturnsValue ? "return " : "")}await {Served(method, after)}.ConfigureAwait(false);");
        writer.Close();
    }

    private static string Served(MethodModel method, AfterCallModel after) =>
        MemberEmitter.Through(method.Cast, $"{after.CallLocal}.Serve()") + method.Call;

    private static void OpenLoop(MethodModel method, AfterCallModel after, SourceWriter writer)
    {
        writer.Open(method.Signature);
        writer.Line($"var {after.CallLocal} = {method.Entry};");
        writer.Open("while (true)");
        writer.Open("try");
    }

    private static void CloseLoop(AfterCallModel after, SourceWriter writer)
    {
        CloseTry(after, writer);
        writer.Close();
        writer.Close();
    }

    private static void CloseTry(AfterCallModel after, SourceWriter writer)
    {
        writer.Close();
        writer.Line($"catch (global::System.Exception {after.ErrorLocal}) when ({after.CallLocal}.FallsBack({after.ErrorLocal}{after.CancellationToken}))");
        writer.Line("{");
        writer.Line("}");
    }
}
