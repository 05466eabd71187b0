import { Component, type ReactNode } from 'react'

/** Catches errors that would leave an empty frame, above all when the page is opened outside Manager. */
export class OutsideManager extends Component<{ name: string; children: ReactNode }, { message: string | undefined }> {
  override state = { message: undefined }

  static getDerivedStateFromError(error: unknown) {
    return { message: error instanceof Error ? error.message : 'Something broke.' }
  }

  override render() {
    if (this.state.message === undefined) return this.props.children
    return (
      <main>
        <div className="notice warn" role="alert">
          <div>
            <h1 className="h">{this.props.name} cannot be shown here.</h1>
            <p>{this.state.message}</p>
          </div>
        </div>
      </main>
    )
  }
}
