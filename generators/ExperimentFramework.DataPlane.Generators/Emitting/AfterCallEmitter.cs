using ExperimentFramework.DataPlane.Generators.Model;

namespace ExperimentFramework.DataPlane.Generators.Emitting;

/// <summary>
/// Prints members whose end the proxy has to see. Where control may answer, a loop makes the call again; in every case a
/// synchronous shell stands around what is asynchronous, so that what the variant does synchronously stays synchronous.
/// </summary>
internal static class AfterCallEmitter
{
    public static void Emit(MethodModel method, AfterCallModel after, string service, SourceWriter writer)
    {
        if (after is { Shape: AfterCallShape.Stream, Fallback: { } stream })
        {
            writer.Line($"{method.Signature} =>");
            writer.Indented($"{method.Entry}.Stream({stream.InnerLocal} => {VariantExpression.Through(method.Cast, stream.InnerLocal)}{method.Call}{stream.CancellationToken})!;");
            return;
        }

        writer.Open(method.Signature);
        writer.Line($"var {after.CallLocal} = {method.Entry};");
        if (after.Fallback is { } fallback)
        {
            writer.Open("while (true)");
            EmitTry(method, after, writer);
            EmitEmptyCatch(after, fallback, writer);
            writer.Close();
        }
        else
        {
            EmitTry(method, after, writer);
            writer.Open(Catch(after, ""));
            writer.Line("throw;");
            writer.Close();
        }

        writer.Close();
        if (after.Fallback?.Helper is { } helper)
        {
            writer.Line();
            EmitHelper(method, after, after.Fallback, helper, service, writer);
        }
    }

    private static void EmitTry(MethodModel method, AfterCallModel after, SourceWriter writer)
    {
        writer.Open("try");
        switch (after)
        {
            case { Shape: AfterCallShape.Synchronous, ReturnsValue: false }:
                writer.Line($"{Served(method, after)};");
                writer.Line($"{after.CallLocal}.Completed();");
                writer.Line("return;");
                break;
            case { Shape: AfterCallShape.Synchronous }:
                var byRef = method.ByRef.Length > 0 ? "ref " : "";
                writer.Line($"{method.ByRef}{after.AnswerType} {after.AnswerLocal} = {byRef}{Served(method, after)};");
                writer.Line($"{after.CallLocal}.Completed();");
                writer.Line($"return {byRef}{after.AnswerLocal};");
                break;
            case { Fallback.Helper: { } helper }:
                writer.Line($"var {after.AnswerLocal} = {Served(method, after)};");
                writer.Line($"return {after.CallLocal}.MayFallBack{(after.MayBeNull ? $" && {after.AnswerLocal} is not null" : "")}");
                writer.Indented($"? {helper.Name}{helper.TypeArguments}({after.CallLocal}, {after.AnswerLocal}{helper.Arguments})");
                writer.Indented($": {after.CallLocal}.Observe({after.AnswerLocal}){(after.MayBeNull ? "!" : "")};");
                break;
            default:
                writer.Line($"return {after.CallLocal}.Observe({Served(method, after)});");
                break;
        }

        writer.Close();
    }

    private static void EmitHelper(
        MethodModel method, AfterCallModel after, FallbackModel fallback, HelperModel helper, string service, SourceWriter writer)
    {
        writer.Lines(helper.Attributes);
        writer.Line($"private static async {helper.ReturnType} {helper.Name}{helper.TypeParameters}(");
        writer.Indented($"global::ExperimentFramework.DataPlane.ServedCall<{service}> {after.CallLocal}, {helper.ReturnType} {after.AnswerLocal}{helper.Parameters}){helper.Constraints}");
        writer.Open();
        writer.Open("while (true)");
        writer.Open("try");
        writer.Open($"if (!{after.CallLocal}.MayFallBack)");
        writer.Line($"await {after.CallLocal}.ReturnToCaller();");
        writer.Line($"{after.AnswerLocal} = {Served(method, after)}{(after.MayBeNull ? "!" : "")};");
        writer.Close();
        writer.Line();
        if (after.ReturnsValue)
        {
            writer.Line($"var {fallback.InnerLocal} = await {after.AnswerLocal}.ConfigureAwait(false);");
            writer.Line($"await {after.CallLocal}.CompletedAsync().ConfigureAwait(false);");
            writer.Line($"return {fallback.InnerLocal};");
        }
        else
        {
            writer.Line($"await {after.AnswerLocal}.ConfigureAwait(false);");
            writer.Line($"await {after.CallLocal}.CompletedAsync().ConfigureAwait(false);");
            writer.Line("return;");
        }

        writer.Close();
        EmitEmptyCatch(after, fallback, writer);
        writer.Close();
        writer.Close();
    }

    private static void EmitEmptyCatch(AfterCallModel after, FallbackModel fallback, SourceWriter writer)
    {
        writer.Line(Catch(after, fallback.CancellationToken));
        writer.Line("{");
        writer.Line("}");
    }

    private static string Catch(AfterCallModel after, string cancellationToken) =>
        $"catch (global::System.Exception {after.ErrorLocal}) when ({after.CallLocal}.FallsBack({after.ErrorLocal}{cancellationToken}))";

    private static string Served(MethodModel method, AfterCallModel after) =>
        VariantExpression.Through(method.Cast, $"{after.CallLocal}.Serve()") + method.Call;
}
