/** The shape of the first picture, as `FirstShape` has it, until there is JavaScript. */
export const firstShape = `
      <div class="first-shape" aria-hidden="true">
        <div class="bar"><div class="bar-in"></div></div>
        <main>
          <div class="say">
            <span class="sk round"></span>
            <div><span class="sk headline"></span><span class="sk lead"></span></div>
          </div>
        </main>
      </div>`
