import AssistKit
import SwiftUI

/// A control over the picture: an icon with its word.
struct ControlButton: View {
    private let key: String
    private let icon: String
    private let isOn: Bool
    private let name: String?
    private let color: Color
    private let action: () -> Void

    /// `name` says what a tap does, for those who hear it; the word itself when it is nil.
    init(_ key: String, _ icon: String, _ isOn: Bool, _ name: String?, color: Color = .black.opacity(0.7), _ action: @escaping () -> Void) {
        self.key = key
        self.icon = icon
        self.isOn = isOn
        self.name = name
        self.color = color
        self.action = action
    }

    var body: some View {
        Button(action: action) {
            VStack(spacing: 2) {
                Image(systemName: icon)
                Text(words(key)).font(.caption).lineLimit(1).minimumScaleFactor(0.7)
            }
            .frame(maxWidth: .infinity, minHeight: 56)
            .background(RoundedRectangle(cornerRadius: 8).fill(isOn ? Color.blue : color))
        }
        .accessibilityLabel(name ?? words(key))
        .accessibilityAddTraits(isOn ? .isSelected : [])
    }
}

/// Something that the person must answer.
struct QuestionView: View {
    @ObservedObject var model: VisitModel
    let text: String
    let yes: (String, Input)
    let no: (String, Input)?

    var body: some View {
        VStack(spacing: 8) {
            Text(text).frame(maxWidth: .infinity, alignment: .leading)
            Button(words(yes.0)) { model.handle(yes.1) }.buttonStyle(WideButton())
            if let no { Button(words(no.0)) { model.handle(no.1) }.buttonStyle(WideButton(isMain: false)) }
        }
        .foregroundColor(.primary).padding(16).background(RoundedRectangle(cornerRadius: 8).fill(Color(.systemBackground)))
        .padding(.horizontal, 12)
    }
}

/// The chat at the bottom of the session.
struct ChatView: View {
    @ObservedObject var model: VisitModel
    let live: Live
    @State private var message = ""

    var body: some View {
        VStack {
            HStack {
                Text(words("chat_title")).bold()
                Spacer()
                Button { model.handle(.chatTapped) } label: { Image(systemName: "xmark").frame(width: 48, height: 48) }
                    .accessibilityLabel(words("chat_hide"))
            }
            ScrollView {
                if live.chat.isEmpty { Text(words("chat_empty")) }
                ForEach(Array(live.chat.enumerated()), id: \.offset) { _, line in
                    let said = line.own ? line.text : words("said", line.from, line.text)
                    Text(line.own && line.state != .there ? "\(said)\n\(words("chat_not_sent"))" : said)
                        .padding(8).background(RoundedRectangle(cornerRadius: 8).fill(line.own ? Color.blue : Color.gray.opacity(0.3)))
                        .frame(maxWidth: .infinity, alignment: line.own ? .trailing : .leading)
                }
            }
            HStack {
                TextField(words("chat_label"), text: $message).textFieldStyle(.roundedBorder).frame(minHeight: 48)
                Button {
                    model.handle(.chatWritten(message))
                    message = ""
                } label: { Image(systemName: "paperplane").frame(width: 48, height: 48) }
                    .accessibilityLabel(words("chat_send"))
            }
        }
        .foregroundColor(.primary).padding(12).frame(height: 320).background(Color(.systemBackground))
    }
}
